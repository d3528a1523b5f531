import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import type { IPart } from './besides';

interface IProps {
  parts: IPart[];
  hovered: string | null;
  onHover(runId: string | null): void;
}

/** What each run has, in columns with the run's name above. */
export function Beside({ parts, hovered, onHover }: IProps): ReactElement {
  const first = parts.find(part => part.table !== null)?.table ?? null;
  return (
    <div className="jp-mlops-beside">
      {parts.map(part => (
        <figure
          key={part.runId}
          data-run-id={part.runId}
          data-testid="mlops-beside"
          data-hovered={hovered === part.runId || undefined}
          data-wide={part.src === null || undefined}
          onPointerEnter={() => onHover(part.runId)}
          onPointerLeave={() => onHover(null)}
        >
          <figcaption>
            <strong className="jp-mlops-clip" title={part.name}>
              {part.name}
            </strong>
            <Step part={part} />
          </figcaption>
          <Content part={part} first={first} />
        </figure>
      ))}
    </div>
  );
}

function Step({ part }: { part: IPart }): ReactElement | null {
  const trans = useTranslation();
  return part.step === null ? null : <span className="jp-mlops-quiet">{trans.__('step %1', part.step)}</span>;
}

function Content({ part, first }: { part: IPart; first: IPart['table'] }): ReactElement {
  const trans = useTranslation();
  if (part.src !== null) {
    return <img src={part.src} alt={part.name} />;
  }
  if (part.table !== null) {
    return <Rows table={part.table} first={first} label={part.name} />;
  }
  if (part.text !== null) {
    return (
      <pre tabIndex={0} role="group" aria-label={part.name}>
        {part.text}
      </pre>
    );
  }
  return (
    <p className="jp-mlops-empty">{trans.__('This run has none, or one too large to be shown here.')}</p>
  );
}

interface IRows {
  table: NonNullable<IPart['table']>;
  /** Of the run on the left: cells that are not the same as there are marked. */
  first: IPart['table'];
  label: string;
}

function Rows({ table, first, label }: IRows): ReactElement {
  const trans = useTranslation();
  const left = table.total - table.rows.length;
  const differs = (row: number, column: string, value: unknown): boolean => {
    const there = first?.columns.indexOf(column) ?? -1;
    return first !== null && first !== table && first.rows[row]?.[there] !== value;
  };
  return (
    <>
      <div className="jp-mlops-scroller" tabIndex={0} role="group" aria-label={label}>
        <table className="jp-mlops-table jp-mlops-plain" aria-label={label}>
          <thead>
            <tr>
              {table.columns.map(column => (
                <th key={column} scope="col">
                  {column}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {table.rows.map((row, index) => (
              <tr key={index}>
                {row.map((value, at) => (
                  <td
                    key={at}
                    className={typeof value === 'number' ? 'jp-mlops-number' : undefined}
                    data-differs={differs(index, table.columns[at] ?? '', value) || undefined}
                  >
                    {typeof value === 'number' ? formatNumber(value) : value}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {left > 0 && <p className="jp-mlops-note">{trans._n('%1 more row', '%1 more rows', left)}</p>}
    </>
  );
}
