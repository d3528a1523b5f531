import type { ReactElement } from 'react';

const HEIGHT = 20;
const EDGE = 2;

interface IProps {
  points: number[];
  /** What stands at the bottom and at the top; the least and the greatest point by default. */
  from?: number;
  to?: number;
  width?: number;
}

/** The road of a number; says nothing that the number beside it does not say, so it is hidden from readers. */
export function Sparkline({ points, from, to, width = 72 }: IProps): ReactElement {
  const finite = points.filter(Number.isFinite);
  const low = from ?? Math.min(...finite);
  const span = (to ?? Math.max(...finite)) - low || 1;
  const place = (value: number, index: number): string => {
    const x = EDGE + (index / Math.max(1, finite.length - 1)) * (width - 2 * EDGE);
    const y = HEIGHT - EDGE - Math.min(1, Math.max(0, (value - low) / span)) * (HEIGHT - 2 * EDGE);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const line = finite.map(place);
  const end = line[line.length - 1]?.split(',');
  return (
    <svg
      className="jp-mlops-spark"
      viewBox={`0 0 ${width} ${HEIGHT}`}
      width={width}
      height={HEIGHT}
      aria-hidden="true"
    >
      {line.length > 1 && <polyline points={line.join(' ')} />}
      {line.length > 1 && end && <circle cx={end[0]} cy={end[1]} r="1.8" />}
    </svg>
  );
}
