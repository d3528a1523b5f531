import { useState, type ReactElement } from 'react';
import { Caret } from '../Caret';
import { formatNumber } from '../formats';
import { useTranslation, type ITranslate } from '../translation';
import { AliasBadge, StageBadge } from '../Badges';
import { Trouble } from '../Trouble';
import { askComparison } from './questions';
import type { ICompared, IModelsHost, IVersionRow, Value } from './types';
import { useAnswer } from '../useAnswer';

interface IProps {
  host: IModelsHost;
  name: string;
  versions: string[];
  stamp: number;
}

/** The most that the store compares at once. */
const MOST = 20;

/** Versions side by side, the oldest first: what differs, and by how much. */
export function Comparison({ host, name, versions, stamp }: IProps): ReactElement {
  const trans = useTranslation();
  const wanted = [...versions].sort((a, b) => Number(a) - Number(b)).slice(0, MOST);
  const ask = wanted.length < 2 ? null : () => askComparison(host, name, wanted);
  const { data, problem, pending } = useAnswer(ask, `${name} ${wanted.join(' ')}`, stamp);
  if (ask === null) {
    return (
      <p className="jp-mlops-empty">
        {trans.__('Select two versions or more under “Versions”, with Ctrl or Shift or their boxes.')}
      </p>
    );
  }
  const sections = data?.sections.filter(section => section.rows.length > 0) ?? [];
  return (
    <div data-testid="mlops-compare-versions" aria-busy={pending}>
      <Trouble problem={problem} pending={pending} />
      {versions.length > MOST && (
        <p className="jp-mlops-note">{trans.__('The oldest %1 of the selected versions.', MOST)}</p>
      )}
      {data !== null && (
        <div className="jp-mlops-scroller jp-mlops-versus">
          <table className="jp-mlops-table">
            <Head versions={data.versions} />
            {sections.map(({ id, rows }) => (
              <Section key={id} title={titleOf(id, trans)} id={id} rows={rows} count={data.versions.length} />
            ))}
          </table>
        </div>
      )}
    </div>
  );
}

function titleOf(id: string, trans: ITranslate): string {
  const titles: { [id: string]: string } = {
    params: trans.__('Parameters'),
    metrics: trans.__('Metrics'),
    signature: trans.__('Signature'),
    requirements: trans.__('Requirements'),
    tags: trans.__('Tags')
  };
  return titles[id] ?? id;
}

function Head({ versions }: { versions: IVersionRow[] }): ReactElement {
  const trans = useTranslation();
  return (
    <thead>
      <tr>
        <td className="jp-mlops-first" />
        {versions.map(({ version, stage, aliases }) => (
          <th key={version} scope="col">
            <span className="jp-mlops-badge-line">
              <strong>{trans.__('v%1', version)}</strong>
              {stage !== 'None' && <StageBadge stage={stage} />}
              {aliases.map(alias => (
                <AliasBadge key={alias} alias={alias} />
              ))}
            </span>
          </th>
        ))}
      </tr>
    </thead>
  );
}

interface ISection {
  id: string;
  title: string;
  rows: ICompared[];
  count: number;
}

function Section({ id, title, rows, count }: ISection): ReactElement {
  const trans = useTranslation();
  const [open, setOpen] = useState(false);
  const differing = rows.filter(row => row.differs);
  const equal = rows.filter(row => !row.differs);
  return (
    <tbody data-testid="mlops-compare-section" data-section={id}>
      <tr className="jp-mlops-section-row">
        <th scope="rowgroup" colSpan={count + 1}>
          <span>{title}</span>
        </th>
      </tr>
      {differing.map(row => (
        <Row key={row.key} row={row} />
      ))}
      {equal.length > 0 && (
        <tr>
          <th scope="row" className="jp-mlops-first">
            <button
              type="button"
              className="jp-mlops-fold"
              aria-expanded={open}
              onClick={() => setOpen(!open)}
            >
              <Caret />
              {trans._n('%1 equal', '%1 equal', equal.length)}
            </button>
          </th>
          <td colSpan={count} />
        </tr>
      )}
      {open && equal.map(row => <Row key={row.key} row={row} />)}
    </tbody>
  );
}

function Row({ row }: { row: ICompared }): ReactElement {
  const [first] = row.values;
  return (
    <tr className="jp-mlops-row" data-differs={row.differs}>
      <th scope="row" className="jp-mlops-first" title={row.key}>
        {row.key}
      </th>
      {row.values.map((value, index) => (
        <td
          key={index}
          title={value === null ? undefined : String(value)}
          data-differs={(row.differs && index > 0 && !Object.is(value, first)) || undefined}
        >
          {value === null ? <span className="jp-mlops-none">–</span> : written(value)}
          {index > 0 && <Delta from={first ?? null} to={value} />}
        </td>
      ))}
    </tr>
  );
}

function written(value: Value): string {
  return typeof value === 'number' ? formatNumber(value) : String(value);
}

/** How far a number is from that of the oldest version. */
function Delta({ from, to }: { from: Value; to: Value }): ReactElement | null {
  const trans = useTranslation();
  const [a, b] = [asNumber(from), asNumber(to)];
  const delta = a === null || b === null ? 0 : b - a;
  if (delta === 0 || !Number.isFinite(delta)) {
    return null;
  }
  const sign = delta > 0 ? '+' : '−';
  return (
    <span className="jp-mlops-against" title={trans.__('Against the first column')}>
      {sign}
      {formatNumber(Math.abs(delta), 3)}
    </span>
  );
}

/** Params are texts, also where they are numbers. */
function asNumber(value: Value): number | null {
  if (typeof value === 'string') {
    return /^-?\d+(\.\d+)?(e[+-]?\d+)?$/i.test(value) ? Number(value) : null;
  }
  return value;
}
