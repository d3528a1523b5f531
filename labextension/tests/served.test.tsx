/** The card of a served model, by what its kernel is asked and what is written into the notebook. */
import { act, fireEvent, render, screen } from '@testing-library/react';
import { ENGLISH, Translation } from '../src/components/translation';
import type { ILinkEvents, IPlace, IServices, IWriter } from '../src/linked/places';
import { VIEWS } from '../src/linked/views';

const READY = {
  status: 'ready',
  name: 'models:/wine@champion',
  uri: 'models:/wine@champion',
  model: 'models:/wine/3',
  url: 'http://127.0.0.1:5001',
  curl: 'curl http://127.0.0.1:5001/invocations',
  python: "serving.client('http://127.0.0.1:5001').predict(df)",
  log: '\u001b[31mred\u001b[0m <b>line</b>'
};
const ASKED = {
  ...READY,
  requests: 1234,
  errors: 4,
  rate: 2.5,
  rates: [1, 2, 'x'],
  statuses: { 200: 1230, 503: 4 },
  buckets: [{ most: 0.002, count: 1000 }, { most: null, count: 234 }, 'junk'],
  quantiles: { p50: 0.0015, p95: null }
};

/** A card whose kernel answers; what it was asked, and what was written. */
function shown(answers: { [method: string]: object }): {
  asked: string[];
  written: [object, boolean][];
  alive(alive: boolean): void;
  dispose(): void;
} {
  const asked: string[] = [];
  const written: [object, boolean][] = [];
  const events: ILinkEvents[] = [];
  const link = { isAlive: true, send: () => undefined, dispose: () => undefined };
  const kernel: IPlace['kernel'] = {
    link: (_, told) => {
      events.push(told);
      const ask = (method: string): Promise<unknown> => {
        asked.push(method);
        return Promise.resolve({ now: answers[method], lasting: { 'text/html': method, 'text/css': '' } });
      };
      return Object.assign(link, { ask });
    }
  };
  const writer: IWriter = {
    write: (state, lasting, isUrgent) => written.push([{ state, lasting }, isUrgent ?? true]),
    flush: () => undefined,
    dispose: () => undefined
  };
  const place = { kernel, onSave: () => () => undefined } as unknown as IPlace;
  const modelHref = (store: string, name: string, version: string): string =>
    [store, name, version].join(' ');
  const services = { trans: ENGLISH, modelHref } as unknown as IServices;
  const bundle = { version: 1, id: 'a', store: 's', view: 'served', state: { now: READY } };
  const view = VIEWS.get('served')!(bundle)!.show(writer, services, place, () => true);
  render(<Translation.Provider value={ENGLISH}>{view.view}</Translation.Provider>);
  const alive = (isAlive: boolean): void => {
    link.isAlive = isAlive;
    act(() => events[0]!.alive(isAlive));
  };
  alive(true);
  return { asked, written, alive, dispose: () => view.dispose() };
}

const card = (): HTMLElement => screen.getByTestId('mlops-served-model');

beforeEach(() => void jest.useFakeTimers());
afterEach(() => {
  jest.restoreAllMocks();
  jest.useRealTimers();
});

function inSight(): void {
  const rects = [{}] as unknown as DOMRectList;
  jest.spyOn(Element.prototype, 'getClientRects').mockReturnValue(rects);
}

test('a model that nobody asked says how, and out of sight nothing is asked', async () => {
  const { asked, dispose } = shown({ look: ASKED });
  expect(screen.getByTestId('mlops-how-to-ask').textContent).toContain(READY.python);
  expect(screen.getByRole('link', { name: 'version 3' }).getAttribute('href')).toBe('s wine 3');
  await act(() => jest.advanceTimersByTimeAsync(10_000));
  expect(asked).toEqual([]);
  dispose();
});

test('in sight the kernel is asked now and then, and the file holds it when it is saved, without the log', async () => {
  inSight();
  const { asked, written, dispose } = shown({ look: ASKED });
  await act(() => jest.advanceTimersByTimeAsync(3100));
  expect(asked).toEqual(['look', 'look', 'look']);
  expect(card().textContent).toContain('1,234');
  expect(card().textContent).toContain('503 × 4');
  expect(screen.getByTestId('mlops-p50').textContent).toBe('1.5 ms');
  expect(screen.queryByTestId('mlops-p95')).toBeNull();
  expect(screen.getByTestId('mlops-latency').getAttribute('aria-label')).toBe(
    'Latency: 1000 answers within 2 ms, 234 answers took longer'
  );
  expect(card().querySelector('[data-look="fg-1"]')?.textContent).toBe('red');
  expect(card().querySelector('pre b')).toBeNull();
  const [last, isUrgent] = written[written.length - 1]!;
  expect(isUrgent).toBe(false);
  expect(last).toMatchObject({
    state: { now: { requests: 1234, statuses: { 503: 4 }, quantiles: { p50: 0.0015 }, log: '' } },
    lasting: { 'text/html': 'look' }
  });
  expect(JSON.stringify(last)).not.toContain('text/css');
  dispose();
});

test('it is stopped and started again, and without its kernel only what was seen last is shown', async () => {
  inSight();
  const ended = { ...ASKED, status: 'ended', ended: 1 };
  const { asked, written, alive, dispose } = shown({ look: ASKED, stop: ended, start: READY });
  await act(async () => void fireEvent.click(screen.getByRole('button', { name: 'Stop' })));
  expect(card().dataset.status).toBe('ended');
  expect(written[written.length - 1]![1]).toBe(true);
  await act(() => jest.advanceTimersByTimeAsync(5000));
  expect(asked).toEqual(['look', 'stop']);
  await act(async () => void fireEvent.click(screen.getByTestId('mlops-serve-again')));
  expect(card().dataset.status).toBe('ready');
  alive(false);
  expect(card().textContent).toContain('as saved');
  expect(screen.queryByRole('button', { name: 'Stop' })).toBeNull();
  dispose();
});
