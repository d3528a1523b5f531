import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';

interface IProps {
  value: number;
  interval: [number, number] | null;
  /** What the bar stands on. */
  range: [number, number];
}

/** A value with its interval, as text and as a bar. */
export function Interval({ value, interval, range }: IProps): ReactElement | null {
  const trans = useTranslation();
  if (interval === null) {
    return null;
  }
  const [start, end] = range;
  const at = (one: number): number => Math.min(1, Math.max(0, (one - start) / (end - start || 1))) * 100;
  const [low, high] = interval;
  return (
    <span className="jp-mlops-interval">
      <span>{trans.__('%1 to %2', formatNumber(low), formatNumber(high))}</span>
      <svg viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true">
        <line className="jp-mlops-interval-ground" x1="0" x2="100" y1="5" y2="5" />
        <line
          className="jp-mlops-interval-bar"
          x1={at(low)}
          x2={Math.max(at(high), at(low) + 1)}
          y1="5"
          y2="5"
        />
        <line className="jp-mlops-interval-value" x1={at(value)} x2={at(value)} y1="1" y2="9" />
      </svg>
    </span>
  );
}

/** What the bars of some values stand on: 0 to 1 where they are shares, else what there is. */
export function rangeOf(parts: { value: number; interval: [number, number] | null }[]): [number, number] {
  const ends = parts.flatMap(({ value, interval }) => [value, ...(interval ?? [])]).filter(Number.isFinite);
  const least = Math.min(0, ...ends);
  const most = Math.max(...ends, least);
  return least >= 0 && most <= 1 ? [0, 1] : [least, most];
}
