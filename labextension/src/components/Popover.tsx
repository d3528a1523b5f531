import { useEffect, useRef, type ReactElement, type ReactNode } from 'react';
import { createPortal } from 'react-dom';
import { useOutside } from './useOutside';

interface IProps {
  label: string;
  /** What it belongs to; it gets the focus back, and may close it. */
  anchor: HTMLElement;
  width: number;
  onClose(): void;
  children: ReactNode;
}

const EDGE = 8;

/** A box beside what it tells of, in the page's body: tables clip what is longer than themselves. */
export function Popover({ label, anchor, width, onClose, children }: IProps): ReactElement {
  const box = useRef<HTMLDivElement>(null);
  useOutside(box, pressed => {
    if (!anchor.contains(pressed)) {
      onClose();
    }
  });
  useEffect(() => {
    const { current } = box;
    (current?.querySelector<HTMLElement>('input, textarea, select') ?? current)?.focus();
  }, []);
  const { left, bottom, top } = anchor.getBoundingClientRect();
  const isLow = bottom > window.innerHeight * 0.62;
  const style = {
    width,
    left: Math.max(EDGE, Math.min(left, window.innerWidth - width - EDGE)),
    ...(isLow ? { bottom: window.innerHeight - top + 2 } : { top: bottom + 2 })
  };
  return createPortal(
    <div
      ref={box}
      role="dialog"
      tabIndex={-1}
      className="jp-mlops-popover jp-mlops-view"
      style={style}
      aria-label={label}
      data-testid="mlops-popover"
      onKeyDown={event => {
        event.stopPropagation();
        if (event.key === 'Escape') {
          onClose();
          anchor.closest<HTMLElement>('button, [tabindex]')?.focus();
        }
      }}
      onClick={event => event.stopPropagation()}
    >
      {children}
    </div>,
    document.body
  );
}
