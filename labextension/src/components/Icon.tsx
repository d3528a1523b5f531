import type { ReactElement } from 'react';

const PATHS = {
  back: 'M10 3L5 8l5 5',
  close: 'M4 4l8 8M12 4l-8 8',
  dots: 'M3.2 8h.01M8 8h.01M12.8 8h.01',
  edit: 'M3 13l.6-2.7 7.3-7.3 2.1 2.1-7.3 7.3zM9.4 4.5l2.1 2.1',
  fail: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  open: 'M6 4l4 4-4 4',
  pass: 'M3 8.5l3.2 3.2L13 4.8',
  plus: 'M8 3v10M3 8h10',
  undo: 'M5.5 3L2.5 6l3 3M2.8 6H9.5a3.6 3.6 0 0 1 0 7.2H6'
} as const;

/** A line drawing in the colour of the text beside it; that text says what it means. */
export function Icon({ name, size = 14 }: { name: keyof typeof PATHS; size?: number }): ReactElement {
  return (
    <svg
      className="jp-mlops-icon"
      data-icon={name}
      viewBox="0 0 16 16"
      width={size}
      height={size}
      aria-hidden="true"
    >
      <path d={PATHS[name]} />
    </svg>
  );
}
