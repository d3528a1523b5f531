import type { ReactElement } from 'react';
import { formatInterval } from '../formats';
import { useTranslation } from '../translation';

interface IProps {
  value: number;
  interval: [number, number] | null;
  /** What the bar stands on. */
  range: [number, number];
  /** What the value is compared with. */
  reference?: number | undefined;
}

/** A value with its interval, as text and as a bar. */
export function Interval({ value, interval, range, reference }: IProps): ReactElement | null {
  const trans = useTranslation();
  if (interval === null) {
    return null;
  }
  const [start, end] = range;
  const at = (one: number): number => Math.min(1, Math.max(0, (one - start) / (end - start || 1))) * 100;
  const [low, high] = interval;
  return (
    <span className="jp-mlops-interval">
      <span>{trans.__('%1 to %2', ...formatInterval(low, high))}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <line className="jp-mlops-interval-ground" x1="0" x2="100" y1="5" y2="5" />
        <line
          className="jp-mlops-interval-bar"
          x1={at(low)}
          x2={Math.max(at(high), at(low) + 1)}
          y1="5"
          y2="5"
        />
        {reference !== undefined && (
          <line
            className="jp-mlops-interval-reference"
            x1={at(reference)}
            x2={at(reference)}
            y1="0"
            y2="10"
          />
        )}
        <line className="jp-mlops-interval-value" x1={at(value)} x2={at(value)} y1="1" y2="9" />
      </svg>
    </span>
  );
}

/** What the bar of one value stands on: 0 to 1 where it is a share, else from 0 on. */
export function rangeOf(part: IPart): [number, number] {
  const [least, most] = spanOf([part, { value: 0, interval: null }]);
  return least >= 0 && most <= 1 ? [0, 1] : [least, most];
}

/** From the least to the greatest of what is compared. */
export function spanOf(parts: IPart[]): [number, number] {
  const ends = parts.flatMap(({ value, interval }) => [value, ...(interval ?? [])]).filter(Number.isFinite);
  return [Math.min(...ends), Math.max(...ends)];
}

interface IPart {
  value: number;
  interval: [number, number] | null;
}
