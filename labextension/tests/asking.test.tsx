/** When a server is asked again, and when it is left alone. */
import { act, render, screen } from '@testing-library/react';
import { NO_EXTENSION, NO_SERVER, RequestError } from '../src/components/errors';
import { Panel } from '../src/components/panel/Panel';
import { RunTree } from '../src/components/panel/runTree';
import type { IPanelHost } from '../src/components/panel/types';
import { Logs } from '../src/components/runs/Logs';
import type { IRunDetails, IRunsHost } from '../src/components/runs/types';
import { useAnswer } from '../src/components/useAnswer';

let isShown = true;

beforeEach(() => {
  jest.useFakeTimers();
  isShown = true;
  // jsdom lays nothing out.
  Element.prototype.getClientRects = () => (isShown ? [{}] : []) as unknown as DOMRectList;
});
afterEach(() => jest.useRealTimers());

async function pass(seconds: number): Promise<void> {
  await act(() => jest.advanceTimersByTimeAsync(seconds * 1000));
}

describe('the log of a run that goes on', () => {
  it('is read again while it is in sight', async () => {
    const asked: unknown[] = [];
    const ask = async (_: string, body: object): Promise<unknown> => {
      asked.push(body);
      return { files: [], path: null, size: 0 };
    };
    const run = { runId: 'a', status: 'RUNNING' } as IRunDetails;
    render(<Logs host={{ ask } as unknown as IRunsHost} run={run} />);
    await pass(5);
    expect(asked).toHaveLength(3);
    isShown = false;
    await pass(20);
    expect(asked).toHaveLength(3);
    isShown = true;
    await pass(2);
    expect(asked).toHaveLength(4);
  });
});

describe('a panel whose stores can not be read', () => {
  function asking(code: string): { count: number } {
    const asked = { count: 0 };
    const host: Partial<IPanelHost> = {
      stores: () => {
        asked.count += 1;
        return Promise.reject(new RequestError(code, 'said'));
      },
      followed: { get: () => null, subscribe: () => () => undefined },
      memory: { read: () => null, write: () => undefined }
    };
    render(<Panel host={host as IPanelHost} />);
    return asked;
  }

  it('asks again for a server that is away', async () => {
    const asked = asking(NO_SERVER);
    await pass(0);
    await pass(10);
    expect(asked.count).toBe(4);
  });

  it('waits for somebody where asking again says the same', async () => {
    const asked = asking(NO_EXTENSION);
    await pass(0);
    await pass(10);
    expect(asked.count).toBe(1);
    screen.getByRole('button', { name: 'Try again' }).click();
    await pass(10);
    expect(asked.count).toBe(2);
  });
});

test('rows of another height are the same rows', async () => {
  let asked = 0;
  const tree = new RunTree(
    {
      experiments: async () => {
        asked += 1;
        return { items: [{ id: '0', name: 'one', count: 0, running: 0 }], next: null };
      },
      runs: async () => ({ total: 0, runs: [], main: null })
    },
    { shown: 'active', filter: '' },
    { experiment: 28, run: 44 },
    null
  );
  tree.want(0, 40);
  await pass(1);
  expect([tree.spans.height, asked]).toEqual([28, 1]);
  tree.lay({ experiment: 24, run: 38 });
  await pass(1);
  expect([tree.spans.height, asked]).toEqual([24, 1]);
});

test('of many experiments those in sight are read again', async () => {
  const asked: (string | null)[] = [];
  const tree = new RunTree(
    {
      experiments: async (_, page) => {
        asked.push(page);
        const from = Number(page ?? 0);
        const items = Array.from({ length: 100 }, (_, at) => ({
          id: `${from + at}`,
          name: `experiment ${from + at}`,
          count: 0,
          running: 0
        }));
        return { items, next: from < 400 ? `${from + 100}` : null };
      },
      runs: async () => ({ total: 0, runs: [], main: null })
    },
    { shown: 'active', filter: '' },
    { experiment: 28, run: 44 },
    null
  );
  tree.want(0, 1000);
  await pass(1);
  expect(asked).toEqual([null, '100', '200', '300', '400']);
  tree.want(190, 230);
  tree.refresh();
  await pass(1);
  expect(asked.slice(5)).toEqual(['100', '200']);
  tree.want(0, 40);
  await pass(1);
  expect(asked.slice(7)).toEqual([null]);
  expect(tree.spans.length).toBe(500);
});

test('of one subject what was answered stays until there is better', async () => {
  function Said({ ask, page }: { ask(): Promise<string>; page: string }): React.ReactElement {
    const { data, kept, problem } = useAnswer(ask, page, 0, 'subject');
    return <p>{[data, kept, problem].join('|')}</p>;
  }
  const said = (): string | null => screen.getByRole('paragraph').textContent;
  const { rerender } = render(<Said ask={async () => 'one'} page="1" />);
  await pass(0);
  expect(said()).toBe('one|one|');
  rerender(<Said ask={() => Promise.reject(new Error('away'))} page="2" />);
  expect(said()).toBe('|one|');
  await pass(0);
  expect(said()).toBe('|one|away');
});
