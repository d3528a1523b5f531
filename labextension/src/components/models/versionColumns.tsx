import type { ReactElement } from 'react';
import { columnFormat, formatAgo, formatTime } from '../formats';
import { StageMenu } from '../StageMenu';
import { textWidth } from '../textWidth';
import type { ITranslate } from '../translation';
import type { Stage } from '../types';
import type { IPick } from '../useSelection';
import { AliasBadge, StageBadge } from '../Badges';
import type { IGridColumn } from './Grid';
import { firstLine } from './ModelList';
import type { IVersionRow } from './types';

interface IParts {
  rows: IVersionRow[];
  metrics: string[];
  chosen: ReadonlySet<string>;
  now: number;
  locked: string | null;
  /** The row whose buttons Tab goes to. */
  active: string | undefined;
  trans: ITranslate;
  runHref: ((runId: string) => string) | undefined;
  onPick(version: string, how: IPick): void;
  onStage(row: IVersionRow, stage: Stage): void;
  menu(row: IVersionRow): ReactElement;
}

const PADDING = 22;
const WIDEST = 180;

export function versionColumns(parts: IParts): IGridColumn<IVersionRow>[] {
  return [...identity(parts), ...measured(parts), ...origin(parts)];
}

function identity({
  rows,
  chosen,
  locked,
  active,
  trans,
  onPick,
  onStage,
  menu
}: IParts): IGridColumn<IVersionRow>[] {
  const aliases = Math.max(
    0,
    ...rows.slice(0, 200).map(row => textWidth(row.aliases.join(' @')) + 30 * row.aliases.length)
  );
  return [
    {
      id: 'version',
      label: trans.__('Version'),
      width: 106,
      cell: row => (
        <div className="jp-mlops-run-cell">
          <input
            type="checkbox"
            checked={chosen.has(row.version)}
            tabIndex={-1}
            readOnly
            aria-label={trans.__('Select version %1', row.version)}
            onClick={event => {
              event.stopPropagation();
              onPick(row.version, { range: event.shiftKey, toggle: true });
            }}
          />
          <span className="jp-mlops-version-name">{trans.__('v%1', row.version)}</span>
          {menu(row)}
        </div>
      )
    },
    {
      id: 'stage',
      label: trans.__('Stage'),
      width: 114,
      cell: row =>
        locked === null ? (
          <StageMenu
            version={row.version}
            stage={row.stage}
            tabIndex={row.version === active ? 0 : -1}
            onStage={stage => onStage(row, stage)}
          />
        ) : (
          <span title={locked}>
            <StageBadge stage={row.stage} />
          </span>
        )
    },
    {
      id: 'aliases',
      label: trans.__('Aliases'),
      width: Math.min(240, Math.max(84, aliases + PADDING)),
      title: row => row.aliases.map(alias => `@${alias}`).join(' ') || undefined,
      cell: row => (
        <span className="jp-mlops-badge-line">
          {row.aliases.map(alias => (
            <AliasBadge key={alias} alias={alias} />
          ))}
        </span>
      )
    }
  ];
}

function measured({ rows, metrics }: IParts): IGridColumn<IVersionRow>[] {
  return metrics.map(key => {
    const format = columnFormat(
      'metrics',
      rows.map(row => row.metrics.get(key) ?? null)
    );
    return {
      id: `metrics.${key}`,
      label: key,
      width: Math.ceil(Math.max(84, Math.min(WIDEST, textWidth(key, true) + PADDING))),
      numeric: true,
      title: row => (row.metrics.has(key) ? String(row.metrics.get(key)) : undefined),
      cell: row => {
        const value = row.metrics.get(key);
        return value === undefined ? <span className="jp-mlops-none">–</span> : format(value);
      }
    };
  });
}

function origin({ now, trans, runHref }: IParts): IGridColumn<IVersionRow>[] {
  return [
    {
      id: 'description',
      label: trans.__('Description'),
      width: 150,
      grows: true,
      title: row => row.description || undefined,
      cell: row => firstLine(row.description)
    },
    {
      id: 'run',
      label: trans.__('Source run'),
      width: 150,
      title: row => [row.runName, row.runId, row.experiment].filter(Boolean).join('\n') || undefined,
      cell: row => <RunName row={row} runHref={runHref} />
    },
    {
      id: 'created',
      label: trans.__('Created'),
      width: 104,
      title: row => (row.created === null ? undefined : formatTime(row.created)),
      cell: row => (row.created === null ? '' : formatAgo(row.created, now, trans))
    },
    {
      id: 'user',
      label: trans.__('By'),
      width: 90,
      title: row => row.user || undefined,
      cell: row => row.user
    },
    {
      id: 'source',
      label: trans.__('Source'),
      width: 160,
      title: row => row.source || undefined,
      cell: row => <span className="jp-mlops-quiet">{row.source}</span>
    }
  ];
}

function RunName({ row, runHref }: { row: IVersionRow; runHref: IParts['runHref'] }): ReactElement {
  const name = row.runName || row.runId.slice(0, 8);
  return runHref === undefined || row.runId === '' ? (
    <>{name}</>
  ) : (
    <a
      className="jp-mlops-link"
      href={runHref(row.runId)}
      tabIndex={-1}
      onClick={event => event.stopPropagation()}
    >
      {name}
    </a>
  );
}
