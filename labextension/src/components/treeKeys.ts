import type { KeyboardEvent } from 'react';

/** The items of a tree that are in sight, by their places. */
interface ITreePlaces {
  length: number;
  /** The active one; -1 for none. */
  at: number;
  /** Undefined of what holds nothing. */
  isOpen(at: number): boolean | undefined;
  /** The one that it is in; -1 at the top. */
  above(at: number): number;
  move(to: number): void;
  toggle(at: number): void;
  choose(at: number): void;
}

/** What the keys of a tree do, as the ARIA Authoring Practices have it. */
export function treeKeys(tree: ITreePlaces): (event: KeyboardEvent) => void {
  const { at, length } = tree;
  const move = (to: number): void => {
    if (length > 0) {
      tree.move(Math.min(length - 1, Math.max(0, to)));
    }
  };
  const isOpen = at < 0 ? undefined : tree.isOpen(at);
  const acts: { [key: string]: () => void } = {
    ArrowDown: () => move(at + 1),
    ArrowUp: () => move(at - 1),
    Home: () => move(0),
    End: () => move(length - 1),
    ArrowRight: () => (isOpen === true ? move(at + 1) : isOpen === false && tree.toggle(at)),
    ArrowLeft: () => {
      const above = at < 0 ? -1 : tree.above(at);
      isOpen === true ? tree.toggle(at) : above >= 0 && move(above);
    },
    Enter: () => at >= 0 && tree.choose(at),
    ' ': () => at >= 0 && tree.choose(at)
  };
  return event => {
    const act = acts[event.key];
    if (act !== undefined) {
      act();
      event.preventDefault();
      event.stopPropagation();
    }
  };
}
