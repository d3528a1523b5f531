import { useEffect, useRef, type RefObject } from 'react';

/** Calls back when something outside of a place is pressed, as long as it is open. */
export function useOutside(
  place: RefObject<HTMLElement>,
  onOutside: (pressed: Node | null) => void,
  isOpen = true
): void {
  const latest = useRef(onOutside);
  latest.current = onOutside;
  useEffect(() => {
    if (!isOpen) {
      return;
    }
    const pressed = (event: Event): void => {
      const node = event.target instanceof Node ? event.target : null;
      if (place.current?.contains(node) !== true) {
        latest.current(node);
      }
    };
    document.addEventListener('pointerdown', pressed, true);
    return () => document.removeEventListener('pointerdown', pressed, true);
  }, [place, isOpen]);
}
