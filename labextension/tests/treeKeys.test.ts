/** @jest-environment node */
import type { KeyboardEvent } from 'react';
import { treeKeys } from '../src/components/treeKeys';

/** What the keys do in: closed folder, open folder, its file, last file. */
function pressed(at: number, ...keys: string[]): unknown[] {
  const calls: unknown[] = [];
  const keep =
    (what: string) =>
    (to: number): void =>
      void calls.push([what, to]);
  const onKeyDown = treeKeys({
    length: 4,
    at,
    isOpen: place => [false, true][place],
    above: place => (place === 2 ? 1 : -1),
    move: keep('move'),
    toggle: keep('toggle'),
    choose: keep('choose')
  });
  const stop = (): void => undefined;
  keys.forEach(key => onKeyDown({ key, preventDefault: stop, stopPropagation: stop } as KeyboardEvent));
  return calls;
}

test('a tree is walked, opened and closed as the ARIA practices have it', () => {
  expect(pressed(-1, 'ArrowDown', 'ArrowUp', 'ArrowLeft', 'ArrowRight', 'Enter')).toEqual([
    ['move', 0],
    ['move', 0]
  ]);
  expect(pressed(0, 'ArrowUp', 'ArrowRight', 'ArrowLeft')).toEqual([
    ['move', 0],
    ['toggle', 0]
  ]);
  expect(pressed(1, 'ArrowRight', 'ArrowLeft')).toEqual([
    ['move', 2],
    ['toggle', 1]
  ]);
  expect(pressed(2, 'ArrowLeft', 'ArrowRight', ' ')).toEqual([
    ['move', 1],
    ['choose', 2]
  ]);
  expect(pressed(3, 'ArrowDown', 'Home', 'End', 'x')).toEqual([
    ['move', 3],
    ['move', 0],
    ['move', 3]
  ]);
});
