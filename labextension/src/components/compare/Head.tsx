import { useEffect, useRef, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { ISort } from '../types';
import { NAME, type IShownColumn } from './columns';

interface IProps {
  columns: IShownColumn[];
  sort: ISort[];
  all: 'all' | 'some' | 'none';
  onAll(): void;
  /** `further`: after the columns that are sorted already. */
  onSort(id: string, further: boolean): void;
}

/** Two lines: what kind of columns these are, and their names, which sort. */
export function Head({ columns, sort, all, onAll, onSort }: IProps): ReactElement {
  const trans = useTranslation();
  const box = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (box.current) {
      box.current.indeterminate = all === 'some';
    }
  }, [all]);
  return (
    <thead>
      <tr className="jp-mlops-bands" aria-rowindex={1}>
        <td className="jp-mlops-first" />
        {bands(columns).map(({ band, first, span }) => (
          <th key={first} colSpan={span} scope="colgroup" title={band}>
            <span>{band}</span>
          </th>
        ))}
      </tr>
      <tr aria-rowindex={2}>
        <HeadCell id={NAME} label={trans.__('Run')} sort={sort} onSort={onSort} first>
          <input
            ref={box}
            type="checkbox"
            tabIndex={-1}
            checked={all === 'all'}
            onChange={onAll}
            aria-label={trans.__('Select all runs')}
          />
        </HeadCell>
        {columns.map(column => (
          <HeadCell
            key={column.id}
            id={column.id}
            label={column.label}
            sort={sort}
            numeric={column.numeric}
            onSort={column.unsorted === true ? undefined : onSort}
          />
        ))}
      </tr>
    </thead>
  );
}

function bands(columns: IShownColumn[]): { band: string; first: string; span: number }[] {
  const found: { band: string; first: string; span: number }[] = [];
  for (const { band, id } of columns) {
    const last = found[found.length - 1];
    if (last?.band === band) {
      last.span += 1;
    } else {
      found.push({ band, first: id, span: 1 });
    }
  }
  return found;
}

interface ICellProps {
  id: string;
  label: string;
  sort: ISort[];
  numeric?: boolean;
  first?: boolean;
  children?: ReactElement;
  onSort: IProps['onSort'] | undefined;
}

function HeadCell({ id, label, sort, numeric, first, children, onSort }: ICellProps): ReactElement {
  const trans = useTranslation();
  const rank = sort.findIndex(one => one.id === id);
  const desc = sort[rank]?.desc;
  const classes = [numeric === true && 'jp-mlops-number', first === true && 'jp-mlops-first'].filter(Boolean);
  return (
    <th
      scope="col"
      className={classes.join(' ') || undefined}
      aria-sort={desc === undefined ? 'none' : desc ? 'descending' : 'ascending'}
    >
      <div className="jp-mlops-head-cell">
        {children}
        <button
          type="button"
          className="jp-mlops-sort"
          disabled={onSort === undefined}
          title={
            onSort === undefined
              ? undefined
              : trans.__('Sort by %1 (with Shift: after the columns sorted already)', label)
          }
          onClick={event => onSort?.(id, event.shiftKey)}
        >
          <span className="jp-mlops-clip">{label}</span>
          <span className="jp-mlops-arrow" aria-hidden="true">
            {desc === undefined ? '' : desc ? '▼' : '▲'}
            {desc !== undefined && sort.length > 1 && <sub>{rank + 1}</sub>}
          </span>
        </button>
      </div>
    </th>
  );
}
