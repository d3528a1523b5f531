import { memo, type MouseEvent } from 'react';
import { StatusIcon } from '../status';
import { useTranslation } from '../translation';
import type { IRow } from '../types';
import type { IShownColumn } from './columns';
import type { IPick } from '../useSelection';

interface IProps {
  id: string;
  row: IRow;
  index: number;
  columns: IShownColumn[];
  /** The columns in sight; the others are two wide cells. */
  from: number;
  to: number;
  colour?: string | undefined;
  /** Where the run's name leads. */
  href?: string | undefined;
  selected: boolean;
  active: boolean;
  hovered: boolean;
  onPick(runId: string, how: IPick): void;
  onHover(runId: string | null): void;
}

export const Row = memo(function Row(props: IProps) {
  const { row, columns, from, to, selected, onPick, onHover } = props;
  const trans = useTranslation();
  const how = (event: MouseEvent, toggle: boolean): IPick => ({
    range: event.shiftKey,
    toggle: toggle || event.ctrlKey || event.metaKey
  });
  return (
    <tr
      id={props.id}
      className="jp-mlops-row"
      data-testid="mlops-compare-row"
      data-run-id={row.runId}
      data-active={props.active || undefined}
      data-hovered={props.hovered || undefined}
      aria-rowindex={props.index + 3}
      aria-selected={selected}
      onClick={event => onPick(row.runId, how(event, false))}
      onMouseDown={event => event.shiftKey && event.preventDefault()}
      onMouseEnter={() => onHover(row.runId)}
      onMouseLeave={() => onHover(null)}
    >
      <th scope="row" className="jp-mlops-first">
        <div className="jp-mlops-run-cell">
          <input
            type="checkbox"
            checked={selected}
            tabIndex={-1}
            readOnly
            aria-label={trans.__('Select %1', row.name)}
            onClick={event => {
              event.stopPropagation();
              onPick(row.runId, how(event, true));
            }}
          />
          <StatusIcon status={row.status} />
          {props.href === undefined ? (
            <span className="jp-mlops-clip" title={`${row.name}\n${row.runId}`}>
              {row.name}
            </span>
          ) : (
            <a
              className="jp-mlops-clip jp-mlops-link"
              title={`${row.name}\n${row.runId}`}
              href={props.href}
              tabIndex={-1}
              onClick={event => event.stopPropagation()}
            >
              {row.name}
            </a>
          )}
          {props.colour !== undefined && (
            <span className="jp-mlops-swatch" style={{ background: props.colour }} aria-hidden="true" />
          )}
        </div>
      </th>
      {from > 0 && <td colSpan={from} />}
      {columns.slice(from, to).map((column, index) => {
        const value = column.value(row);
        const place = from + index + 2;
        return value === null ? (
          <td
            key={column.id}
            aria-colindex={place}
            className={column.numeric ? 'jp-mlops-number jp-mlops-none' : 'jp-mlops-none'}
          >
            –
          </td>
        ) : (
          <td
            key={column.id}
            aria-colindex={place}
            className={column.numeric ? 'jp-mlops-number' : undefined}
            title={column.title?.(value) ?? String(value)}
          >
            {column.format(value)}
          </td>
        );
      })}
      {to < columns.length && <td colSpan={columns.length - to} />}
    </tr>
  );
});
