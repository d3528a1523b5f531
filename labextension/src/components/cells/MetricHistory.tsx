import { useState, type ReactElement } from 'react';
import { formatAgo, formatNumber } from '../formats';
import { useTranslation } from '../translation';
import type { ICellRuns } from './types';

const WIDTH = 318;
const HEIGHT = 64;
const EDGE = 7;

interface IProps {
  runs: ICellRuns;
  now: number;
  onOpen(runId: string): void;
}

interface IPoint {
  runId: string;
  name: string;
  startTime: number | null;
  value: number;
  x: number;
  y: number;
}

/** The main metric over the runs of a cell, oldest first. For the mouse: the list below says the same. */
export function MetricHistory({ runs, now, onOpen }: IProps): ReactElement | null {
  const trans = useTranslation();
  const [hovered, setHovered] = useState<string | null>(null);
  const points = placed(runs);
  if (runs.metric === null || points.length < 2) {
    return null;
  }
  const shown = points.find(point => point.runId === hovered) ?? points[points.length - 1];
  const best = bestOf(points, runs);
  const step = (WIDTH - 2 * EDGE) / (points.length - 1);
  return (
    <figure className="jp-mlops-cell-chart" data-testid="mlops-cell-chart">
      <figcaption>
        <b className="jp-mlops-clip">{runs.metric}</b>
        <span className="jp-mlops-quiet jp-mlops-clip" data-testid="mlops-cell-chart-shown">
          {shown &&
            told(
              shown.name,
              shown.value,
              shown.startTime === null ? '' : formatAgo(shown.startTime, now, trans)
            )}
        </span>
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width={WIDTH} height={HEIGHT} aria-hidden="true">
        <polyline points={points.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join(' ')} />
        {points.map(({ runId, x, y }) => (
          <g
            key={runId}
            data-run-id={runId}
            data-best={runId === best}
            data-hovered={runId === hovered}
            onMouseEnter={() => setHovered(runId)}
            onMouseLeave={() => setHovered(null)}
            onClick={() => onOpen(runId)}
          >
            <rect x={x - step / 2} y="0" width={step} height={HEIGHT} />
            <circle cx={x} cy={y} r="3.5" />
          </g>
        ))}
      </svg>
    </figure>
  );
}

function told(name: string, value: number, ago: string): string {
  return [name, formatNumber(value), ago].filter(Boolean).join(' · ');
}

function placed({ runs }: ICellRuns): IPoint[] {
  const known = runs
    .flatMap(run => (run.value !== null && Number.isFinite(run.value) ? [{ ...run, value: run.value }] : []))
    .reverse();
  const values = known.map(run => run.value);
  const low = Math.min(...values);
  const span = Math.max(...values) - low;
  return known.map(({ runId, name, startTime, value }, at) => ({
    runId,
    name,
    startTime,
    value,
    x: EDGE + (at / Math.max(1, known.length - 1)) * (WIDTH - 2 * EDGE),
    y: HEIGHT - EDGE - (span === 0 ? 0.5 : (value - low) / span) * (HEIGHT - 2 * EDGE)
  }));
}

/** Null where nothing is better than anything else. */
function bestOf(points: IPoint[], { better }: ICellRuns): string | null {
  if (better === 'neither') {
    return null;
  }
  const sign = better === 'higher' ? 1 : -1;
  return points.reduce((best, one) => (sign * one.value > sign * best.value ? one : best)).runId;
}
