import type { Header } from '@tanstack/react-table';
import { useEffect, useRef, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { IRow } from '../types';
import { NAME, type IShownColumn } from './columns';

interface IProps {
  columns: IShownColumn[];
  headers: Header<IRow, unknown>[];
  all: 'all' | 'some' | 'none';
  onAll(): void;
}

/** Two lines: what kind of columns these are, and their names, which sort. */
export function Head({ columns, headers, all, onAll }: IProps): ReactElement {
  const trans = useTranslation();
  const byId = new Map(headers.map(header => [header.column.id, header]));
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
        <HeadCell header={byId.get(NAME)} label={trans.__('Run')} numeric={false} first>
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
            header={byId.get(column.id)}
            label={column.label}
            numeric={column.numeric}
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
  header: Header<IRow, unknown> | undefined;
  label: string;
  numeric: boolean;
  first?: boolean;
  children?: ReactElement;
}

function HeadCell({ header, label, numeric, first, children }: ICellProps): ReactElement {
  const trans = useTranslation();
  const sorted = header?.column.getIsSorted() ?? false;
  const several = (header?.getContext().table.getState().sorting.length ?? 0) > 1;
  const classes = [numeric && 'jp-mlops-number', first === true && 'jp-mlops-first'].filter(Boolean);
  return (
    <th
      scope="col"
      className={classes.join(' ') || undefined}
      aria-sort={sorted === 'asc' ? 'ascending' : sorted === 'desc' ? 'descending' : 'none'}
    >
      <div className="jp-mlops-head-cell">
        {children}
        <button
          type="button"
          className="jp-mlops-sort"
          title={trans.__('Sort by %1 (with Shift: after the columns sorted already)', label)}
          onClick={header?.column.getToggleSortingHandler()}
        >
          <span className="jp-mlops-clip">{label}</span>
          <span className="jp-mlops-arrow" aria-hidden="true">
            {sorted === false ? '' : sorted === 'asc' ? '▲' : '▼'}
            {sorted !== false && several && <sub>{(header?.column.getSortIndex() ?? 0) + 1}</sub>}
          </span>
        </button>
      </div>
    </th>
  );
}
