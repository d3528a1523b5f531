import { act, fireEvent, render, screen } from '@testing-library/react';
import { VirtualList } from '../src/components/panel/VirtualList';
import { Stretches } from '../src/components/runs/stretches';
import type { IRunsPart } from '../src/components/runs/types';

const ITEMS = Array.from({ length: 10_000 }, (_, index) => `run ${index}`);

beforeAll(() => {
  // jsdom lays nothing out: the list gets the size that it would have.
  for (const name of ['offsetHeight', 'clientHeight'])
    Object.defineProperty(HTMLElement.prototype, name, {
      configurable: true,
      get(): number {
        return (this as HTMLElement).className === 'jp-mlops-list' ? 600 : 40;
      }
    });
  Object.defineProperty(HTMLElement.prototype, 'clientWidth', { configurable: true, get: () => 280 });
  globalThis.ResizeObserver = class {
    observe(): void {}
    unobserve(): void {}
    disconnect(): void {}
  };
  Element.prototype.scrollTo = () => undefined;
});

function list(more: (() => void) | null, items = ITEMS): void {
  render(
    <VirtualList
      label="Runs"
      items={items}
      height={40}
      keyOf={one => one}
      more={more}
      render={(one, tabIndex) => (
        <button className="jp-mlops-item-button" tabIndex={tabIndex}>
          {one}
        </button>
      )}
    />
  );
}

test('of ten thousand items few are in the page, and each says its place', () => {
  list(null);
  const items = screen.getAllByRole('listitem');
  expect(items.length).toBeLessThan(40);
  expect(items[0]?.getAttribute('aria-posinset')).toBe('1');
  expect(items[0]?.getAttribute('aria-setsize')).toBe('10000');
});

test('the list is one stop of the keyboard', () => {
  list(null);
  expect(screen.getAllByRole('button').filter(one => one.tabIndex === 0)).toHaveLength(1);
});

test('arrow keys go from item to item', async () => {
  list(null);
  const [first, second] = screen.getAllByRole('button');
  first?.focus();
  fireEvent.keyDown(first!, { key: 'ArrowDown' });
  await act(() => new Promise(resolve => requestAnimationFrame(resolve)));
  expect(document.activeElement).toBe(second);
});

test('the end asks for more', () => {
  const more = jest.fn();
  list(more, ITEMS.slice(0, 3));
  expect(more).toHaveBeenCalled();
  expect(screen.getAllByRole('listitem')[0]?.getAttribute('aria-setsize')).toBe('-1');
});

function part(offset: number, count: number): IRunsPart {
  const rows = Array.from({ length: count }, (_, index) => ({
    runId: `r${offset + index}`,
    values: [offset + index]
  }));
  return {
    total: 100_000,
    columns: [{ id: 'metrics.a', label: 'a', group: 'metrics', kind: 'number' }],
    rows
  } as unknown as IRunsPart;
}

test('of a long table only what is in sight is read, and what is far is forgotten', async () => {
  const asked: number[] = [];
  const stretches = new Stretches(async (offset, count) => {
    asked.push(offset);
    return part(offset, count);
  });
  const settle = (): Promise<void> => new Promise(resolve => setTimeout(resolve));
  stretches.want(0, 30);
  await settle();
  expect(asked).toEqual([0]);
  stretches.want(49_990, 50_010);
  await settle();
  expect(asked).toEqual([0, 49_900, 50_000]);
  expect(stretches.row(50_005)?.runId).toBe('r50005');
  expect(stretches.row(700)).toBeUndefined();
  for (let from = 0; from < 15_000; from += 100) {
    stretches.want(from, from + 30);
    await settle();
  }
  expect(stretches.rows().length).toBeLessThanOrEqual(10_000);
});

test('an answer that fails leaves what is shown', async () => {
  let broken = false;
  const stretches = new Stretches(async (offset, count) => {
    if (broken) {
      throw new Error('gone');
    }
    return part(offset, count);
  });
  stretches.want(0, 30);
  await new Promise(resolve => setTimeout(resolve));
  broken = true;
  stretches.refresh();
  await new Promise(resolve => setTimeout(resolve));
  expect(stretches.get().problem).toBe('gone');
  expect(stretches.row(3)?.runId).toBe('r3');
});
