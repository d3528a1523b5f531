import { fireEvent, render, screen, within } from '@testing-library/react';
import { readEvaluationBundle } from '../src/components/evaluation/answers';
import { Evaluation } from '../src/components/evaluation/Evaluation';
import type { IEvaluationHost } from '../src/components/evaluation/types';

const REPORT = {
  kind: 'classifier',
  model: 'cellar',
  data: 'wine',
  rows: 20,
  level: 0.95,
  metrics: [
    { name: 'accuracy_score', value: 0.9, low: 0.8, high: 0.97 },
    { name: 'log_loss', value: 'NaN', low: null, high: null }
  ],
  labels: ['red', '<b>white'],
  matrix: [
    [9, 1],
    [0, 10]
  ],
  slice_metric: 'accuracy_score',
  slices: [
    { slice: 'hall', value: 'north', rows: 5, accuracy_score: 0.6, low: 0.2, high: 1, difference: -0.3 }
  ],
  calibration_error: 0.04,
  cost: { seconds: 0.5, rows_per_second: 40, memory_bytes: null }
};
const WORST = { columns: [{ name: 'row', type: 'BIGINT' }], rows: [[7]], total: 1, offset: 0 };
const BUNDLE = { run_id: 'r1', prefix: '', digest: 'd1', report: REPORT, worst: WORST, figures: {} };

function shown(
  ask: IEvaluationHost['ask'],
  given: Parameters<typeof readEvaluationBundle>[0] = BUNDLE
): jest.Mock {
  const bundle = readEvaluationBundle(given);
  const asked = jest.fn(ask);
  const host = { ask: asked, drawFigure: () => new Promise<never>(() => undefined) };
  render(<Evaluation host={host} evaluation={bundle!} saved={bundle!.worst} />);
  return asked;
}

const answer = (): Promise<object> => Promise.resolve({ ...WORST, rows: [[3]] });

test('a cell of the matrix leads to its rows, and back', async () => {
  const asked = shown(answer);
  fireEvent.click(screen.getByTitle('red taken for <b>white: 1 of 10 rows'));
  expect(await screen.findByText('Rows of red taken for <b>white')).toBeTruthy();
  expect(asked).toHaveBeenLastCalledWith('evaluation_rows', {
    run_id: 'r1',
    prefix: '',
    digest: 'd1',
    right: 0,
    predicted: 1,
    offset: 0,
    limit: 50
  });
  expect(await screen.findByText('3')).toBeTruthy();
  fireEvent.click(screen.getByRole('button', { name: 'Show all' }));
  expect(await screen.findByText(/^All rows/)).toBeTruthy();
});

test('a matrix says how much of each label was found, and how often a label was right', async () => {
  shown(answer);
  const lines = within(screen.getByTestId('mlops-confusion')).getAllByRole('row');
  expect(lines.slice(2).map(line => line.lastElementChild?.textContent)).toEqual(['0.9', '1', '']);
  expect(lines.at(-1)?.textContent).toBe('precision10.909');
  expect(await screen.findByText('3')).toBeTruthy();
});

test('a group of a slice leads to its rows', async () => {
  const asked = shown(answer);
  fireEvent.click(screen.getByRole('button', { name: 'north' }));
  expect(await screen.findByText('Rows with hall: north')).toBeTruthy();
  expect(asked.mock.lastCall[1]).toMatchObject({ slice: 'hall', group: 'north' });
});

test('metrics have their intervals, and none where there is none', async () => {
  shown(answer);
  const line = screen.getByText('accuracy_score', { selector: 'th[scope=row]' }).closest('tr')!;
  expect(within(line).getByText('0.80 to 0.97')).toBeTruthy();
  const other = screen.getByText('log_loss').closest('tr')!;
  expect(other.textContent).toBe('log_lossNaN');
  expect(await screen.findByText('3')).toBeTruthy();
});

test('the saved rows stay where nobody answers', async () => {
  shown(() => Promise.reject(new Error('no server')));
  expect(await screen.findByText('As saved: no server')).toBeTruthy();
  expect(screen.getByText('7')).toBeTruthy();
});

test('a sample of the rows is called one', async () => {
  shown(answer);
  expect(screen.queryByText(/^Of a sample/)).toBeNull();
  shown(answer, { ...BUNDLE, report: { ...REPORT, kept: 15 } });
  expect(await screen.findByText('Of a sample: 15 of 20 rows were kept.')).toBeTruthy();
});

test('what is no report is not shown', () => {
  expect(readEvaluationBundle({ view: 'evaluation', report: 'no' })).toBeNull();
  expect(
    readEvaluationBundle({ report: { metrics: 3, labels: [1], matrix: 'x', slices: [null] } })
  ).toMatchObject({
    metrics: [],
    labels: [],
    matrix: null,
    slices: []
  });
});
