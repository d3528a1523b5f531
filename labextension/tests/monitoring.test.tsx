import { fireEvent, render, screen, within } from '@testing-library/react';
import { Monitoring } from '../src/components/models/Monitoring';
import type { IModelsHost } from '../src/components/models/types';

const REPORT = {
  begin: 0,
  end: 60_000,
  is_whole: true,
  requests: 100,
  errors: 5,
  statuses: { 200: 95, 400: 4, 503: 1 },
  kept: 10,
  latency: { p50: 1.5, p95: 4, p99: 9 },
  reference: { kind: 'example', rows: 500, compared: 95, absent: ['name'], lacks: [...'abcdefghijkl'] },
  drifts: [
    {
      column: '<b>age',
      kind: 'number',
      psi: 1.2,
      band: 'large',
      missing_before: 0,
      missing_now: 0.5,
      bins_before: [0.5, 0.5],
      bins_now: [0, 0.5]
    },
    { column: 'hall', kind: 'category', psi: null, band: 'unheard of', missing_before: 0, missing_now: 0 }
  ]
};

function shown(answer: object): jest.Mock {
  const ask = jest.fn(() => Promise.resolve(answer));
  const host = { ask, drawFigure: () => new Promise<never>(() => undefined) } as unknown as IModelsHost;
  render(<Monitoring host={host} name="it's" version="3" versions={[]} onVersion={() => undefined} />);
  return ask;
}

test('what was asked of a version, and how far its data moved', async () => {
  const ask = shown({ report: REPORT, figures: { volume: { data: [], layout: { height: 260 } } } });
  const facts = await screen.findByTestId('mlops-monitoring-facts');
  expect(facts.textContent).toContain('100 · estimated by 10 that were kept');
  expect(facts.textContent).toContain('5 (5 %) · 4 with status 400 · 1 with status 503');
  expect(facts.textContent).toContain('p50 1.5 ms');
  expect(screen.getByText(/^95 rows compared with 500 of the model’s input example/).textContent).toMatch(
    /Not in the log: name\. Only in the log: a, b, c, d, e, f, g, h, i, j and 2 more\.$/
  );
  const row = screen.getByText('<b>age').closest('tr')!;
  expect(within(row).getByText('large')).toBeTruthy();
  expect(row.textContent).toContain('50 %');
  expect([...row.querySelectorAll('.jp-mlops-bins-now rect')].map(one => one.getAttribute('height'))).toEqual(
    ['0', '22']
  );
  expect(screen.getByText('hall').closest('tr')!.textContent).toContain('few rows');
  fireEvent.change(screen.getByTestId('mlops-monitoring-days'), { target: { value: '30' } });
  expect(ask).toHaveBeenLastCalledWith('monitoring', { name: "it's", version: '3', days: 30 });
  fireEvent.click(screen.getByText('Look again'));
  expect(ask).toHaveBeenCalledTimes(3);
  expect(await screen.findByTestId('mlops-drifts')).toBeTruthy();
});

test('a version without a log says how one is begun, in words for a shell', async () => {
  shown({ report: null, figures: {} });
  const none = await screen.findByTestId('mlops-monitoring-none');
  expect(none.textContent).toContain(`jupyter mlops models serve -m 'models:/it'\\''s/3' --log`);
});

test.each([
  ['training', 95, /^95 rows compared with 500 that the model was trained on\.$/],
  ['first day', 95, /^95 rows compared with 500 of the first day of the log\.$/],
  ['first day', 0, /^Nothing to compare yet: neither a profile of the training data/]
])('what it is compared with: %s, %i rows', async (kind, compared, says) => {
  shown({ report: { ...REPORT, reference: { kind, rows: 500, compared, absent: [] } }, figures: {} });
  expect(await screen.findByText(says)).toBeTruthy();
});
