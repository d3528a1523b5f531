import type { ReactElement } from 'react';
import { Choice } from '../Choice';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import type { IFigure } from '../types';
import { askLineage } from './questions';
import type { ILineage, IModelsHost, INode, IVersionRow } from './types';
import { useAnswer } from '../useAnswer';
import { useDrawing, type IDraws } from '../useDrawing';

interface IProps {
  host: IModelsHost;
  name: string;
  version: string | null;
  /** To choose from. */
  versions: IVersionRow[];
  stamp: number;
  onVersion(version: string): void;
}

/** From which data over which run a version came, and where it went. */
export function Lineage({ host, name, version, versions, stamp, onVersion }: IProps): ReactElement {
  const trans = useTranslation();
  const ask = version === null ? null : () => askLineage(host, name, version);
  const { data, problem, pending } = useAnswer(ask, `${name}/${version ?? ''}`, stamp);
  if (version === null) {
    return <p className="jp-mlops-empty">{trans.__('No versions yet')}</p>;
  }
  const known = versions.map(row => row.version);
  const numbers = known.includes(version) ? known : [version, ...known];
  return (
    <div data-testid="mlops-lineage" aria-busy={pending}>
      <Choice
        label={trans.__('Version')}
        value={version}
        options={numbers.map(one => [one, trans.__('v%1', one)] as const)}
        onChoice={onVersion}
      />
      <Trouble problem={problem} pending={pending} />
      {data !== null && <LineageFigure host={host} figure={data.figure} />}
      {data !== null && <LineageSteps steps={data.steps} />}
    </div>
  );
}

export function LineageFigure({ host, figure }: { host: IDraws; figure: IFigure }): ReactElement {
  const trans = useTranslation();
  const { place, problem } = useDrawing(host, figure);
  return (
    <>
      {problem !== null && (
        <div className="jp-mlops-error" role="alert">
          {trans.__('The lineage could not be drawn: %1', problem)}
        </div>
      )}
      <div
        ref={place}
        className="jp-mlops-figure"
        data-testid="mlops-lineage-figure"
        role="group"
        aria-label={trans.__('Lineage; the table below says the same')}
      />
    </>
  );
}

interface ISteps extends Pick<ILineage, 'steps'> {
  /** Where a node is shown. */
  href?(node: INode): string | null;
}

export function LineageSteps({ steps, href }: ISteps): ReactElement | null {
  const trans = useTranslation();
  if (steps.length === 0) {
    return null;
  }
  return (
    <div className="jp-mlops-scroller">
      <table className="jp-mlops-table jp-mlops-plain" aria-label={trans.__('Lineage')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('From')}</th>
            <th scope="col">{trans.__('Step')}</th>
            <th scope="col">{trans.__('To')}</th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ from, to, label }) => (
            <tr key={`${from.id} ${to.id} ${label}`} className="jp-mlops-row">
              <Node node={from} link={href?.(from) ?? null} />
              <td className="jp-mlops-quiet">{label}</td>
              <Node node={to} link={href?.(to) ?? null} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Node({ node, link }: { node: INode; link: string | null }): ReactElement {
  const trans = useTranslation();
  const kinds: { [kind: string]: string } = {
    dataset: trans.__('data set'),
    run: trans.__('run'),
    version: trans.__('model version'),
    use: trans.__('use')
  };
  return (
    <td title={[node.id, node.detail].filter(Boolean).join('\n')}>
      <span className="jp-mlops-quiet">{kinds[node.kind] ?? node.kind}</span>{' '}
      {link === null ? (
        node.name
      ) : (
        <a className="jp-mlops-link" href={link}>
          {node.name}
        </a>
      )}
    </td>
  );
}
