import type { ReactElement } from 'react';
import { Caret } from '../Caret';

interface IProps {
  isThere: boolean;
  isOpen: boolean;
  label: string;
  onToggle(): void;
}

/** For the mouse; keyboards and readers have the row itself. */
export function CaretBox({ isThere, isOpen, label, onToggle }: IProps): ReactElement {
  return (
    <span
      className="jp-mlops-caret-box"
      title={isThere ? label : undefined}
      aria-hidden="true"
      onDoubleClick={event => isThere && event.stopPropagation()}
      onClick={event => {
        if (isThere) {
          event.stopPropagation();
          onToggle();
        }
      }}
    >
      {isThere && <Caret isOpen={isOpen} />}
    </span>
  );
}
