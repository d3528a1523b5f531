import type { ReactElement } from 'react';

const WIDTH = 72;
const HEIGHT = 20;
const EDGE = 2;

/** The road of a metric; says nothing that the number beside it does not say, so it is hidden from readers. */
export function Sparkline({ points }: { points: number[] }): ReactElement {
  const finite = points.filter(Number.isFinite);
  const low = Math.min(...finite);
  const span = Math.max(...finite) - low || 1;
  const place = (value: number, index: number): string => {
    const x = EDGE + (index / Math.max(1, finite.length - 1)) * (WIDTH - 2 * EDGE);
    const y = HEIGHT - EDGE - ((value - low) / span) * (HEIGHT - 2 * EDGE);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  };
  const line = finite.map(place);
  const end = line[line.length - 1]?.split(',');
  return (
    <svg
      className="jp-mlops-spark"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
    >
      {line.length > 1 && <polyline points={line.join(' ')} />}
      {line.length > 1 && end && <circle cx={end[0]} cy={end[1]} r="1.8" />}
    </svg>
  );
}
