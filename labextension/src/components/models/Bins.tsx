import type { ReactElement } from 'react';

const WIDTH = 110;
const HEIGHT = 22;
const WIDEST = 14;

interface IProps {
  before: number[];
  now: number[];
}

/** Which share of rows was in each bin and is there now; how far they differ is said beside it, so it is hidden from readers. */
export function Bins({ before, now }: IProps): ReactElement {
  const most = Math.max(...before, ...now, Number.MIN_VALUE);
  const step = Math.min(WIDTH / Math.max(before.length, 1), WIDEST);
  const bar = (share: number, index: number, from: number, to: number): ReactElement => {
    const height = (Math.max(0, share) / most) * HEIGHT;
    return (
      <rect
        key={index}
        x={(index + from) * step}
        y={HEIGHT - height}
        width={(to - from) * step}
        height={height}
      />
    );
  };
  return (
    <svg
      className="jp-mlops-bins"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      width={WIDTH}
      height={HEIGHT}
      aria-hidden="true"
    >
      <g className="jp-mlops-bins-before">{before.map((one, index) => bar(one, index, 0.05, 0.95))}</g>
      <g className="jp-mlops-bins-now">{now.map((one, index) => bar(one, index, 0.3, 0.7))}</g>
    </svg>
  );
}
