import type { ReactElement } from 'react';

interface IProps {
  /** Said where the element around it does not say `aria-expanded`, which turns it too. */
  isOpen?: boolean;
  /** Else it only takes its room. */
  isThere?: boolean;
}

/** Points to what opens, and down where that is open. */
export function Caret({ isOpen, isThere = true }: IProps): ReactElement {
  return (
    <svg
      className="jp-mlops-caret"
      data-open={isOpen || undefined}
      viewBox="0 0 16 16"
      width="12"
      height="12"
      aria-hidden="true"
    >
      {isThere && <path d="M6 4l4 4-4 4" />}
    </svg>
  );
}
