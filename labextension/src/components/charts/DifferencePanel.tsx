import type { ReactElement } from 'react';
import { useTranslation, type ITranslate } from '../translation';
import { Trouble } from '../Trouble';
import { readDifference, type IDifference, type IPair } from './differences';
import { DiffText } from './DiffText';
import type { IPanelProps } from './types';
import { useView } from './useChart';

/** Two runs as in a code review: their code, params, metrics, data and environment. */
export function DifferencePanel(props: IPanelProps): ReactElement {
  const { selection } = props;
  const trans = useTranslation();
  const [first, second] = selection;
  const body = first === undefined || second === undefined ? null : { run_id: first, other_id: second };
  const { data, problem, pending } = useView(props, 'run_diff', body, readDifference);
  if (body === null) {
    return (
      <p className="jp-mlops-empty" data-testid="mlops-difference">
        {trans.__('Select two runs in the table to see how their code, params, data and environment differ.')}
      </p>
    );
  }
  return (
    <div aria-busy={pending} data-testid="mlops-difference">
      <Trouble problem={problem} pending={pending && data === null} />
      {selection.length > 2 && (
        <p className="jp-mlops-note">
          {trans.__('The first two of the %1 selected runs.', selection.length)}
        </p>
      )}
      {data !== null && <Difference difference={data} />}
    </div>
  );
}

/** What is different, by section; sections without differences are named at the end. */
export function Difference({ difference }: { difference: IDifference }): ReactElement {
  const trans = useTranslation();
  const { runs, code, sections } = difference;
  const titles = titlesOf(trans);
  const names = runs.map(run => run.name);
  const same = [
    ...(code.length === 0 ? [trans.__('Code')] : []),
    ...sections.filter(({ rows }) => rows.length === 0).map(({ id }) => titles[id] ?? id)
  ];
  return (
    <div className="jp-mlops-differences">
      {sections
        .filter(({ rows }) => rows.length > 0)
        .map(({ id, rows }) => (
          <Pairs key={id} id={id} title={titles[id] ?? id} names={names} rows={rows} />
        ))}
      {code.map(one => (
        <section key={one.name} data-section="code">
          <h4>
            {trans.__('Code: %1', one.name)}{' '}
            <span className="jp-mlops-quiet">
              +{one.added} −{one.removed}
            </span>
          </h4>
          <DiffText diff={one} label={trans.__('Code: %1', one.name)} />
        </section>
      ))}
      {same.length > 0 && <p className="jp-mlops-note">{trans.__('No difference: %1.', same.join(', '))}</p>}
    </div>
  );
}

function titlesOf(trans: ITranslate): { [id: string]: string } {
  return {
    params: trans.__('Parameters'),
    metrics: trans.__('Metrics'),
    data: trans.__('Data'),
    environment: trans.__('Environment'),
    tags: trans.__('Tags')
  };
}

interface IPairs {
  id: string;
  title: string;
  names: string[];
  rows: IPair[];
}

function Pairs({ id, title, names, rows }: IPairs): ReactElement {
  return (
    <section data-section={id}>
      <h4>{title}</h4>
      <div className="jp-mlops-scroller">
        <table className="jp-mlops-table jp-mlops-plain" aria-label={title}>
          <thead>
            <tr>
              <th scope="col" />
              {names.map((name, at) => (
                <th key={at} scope="col">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map(row => (
              <tr key={row.name}>
                <th scope="row">{row.name}</th>
                <td className="jp-mlops-old">{row.old ?? '–'}</td>
                <td className="jp-mlops-new">{row.new ?? '–'}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
