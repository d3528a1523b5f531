import type { ReactElement } from 'react';

const PATHS = {
  archive: 'M2.5 3.5h11v3h-11zM3.5 6.5v6.5h9V6.5M6.5 9h3',
  back: 'M10 3L5 8l5 5',
  close: 'M4 4l8 8M12 4l-8 8',
  compare: 'M2.5 13.5v-6h3v6zM6.5 13.5v-11h3v11zM10.5 13.5v-8h3v8z',
  dots: 'M3.2 8h.01M8 8h.01M12.8 8h.01',
  edit: 'M3 13l.6-2.7 7.3-7.3 2.1 2.1-7.3 7.3zM9.4 4.5l2.1 2.1',
  fail: 'M4.5 4.5l7 7M11.5 4.5l-7 7',
  open: 'M6 4l4 4-4 4',
  info: 'M8 7.2v4M8 4.8h.01M14 8A6 6 0 1 1 2 8a6 6 0 0 1 12 0z',
  page: 'M6.5 3H3v10h10V9.5M9 3h4v4M13 3L7.5 8.5',
  pass: 'M3 8.5l3.2 3.2L13 4.8',
  plus: 'M8 3v10M3 8h10',
  trash: 'M3 4.5h10M6.5 4.5v-2h3v2M4.5 4.5l.6 9h5.8l.6-9M7 7v4M9 7v4',
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
