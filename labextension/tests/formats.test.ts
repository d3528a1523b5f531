import {
  columnFormat,
  formatAgo,
  formatBytes,
  formatClock,
  formatDuration,
  formatInterval,
  formatNumber,
  formatTime
} from '../src/components/formats';
import { ENGLISH } from '../src/components/translation';

test.each([
  [0, '0'],
  [0.1 + 0.2, '0.3'],
  [1234.5678, '1234.6'],
  [12345.67, '12,345.7'],
  [1e-5, '1e-5'],
  [2.5e12, '2.5e12'],
  [NaN, 'NaN'],
  [Infinity, '∞'],
  [-Infinity, '−∞']
])('the number %p is written %s', (value, written) => expect(formatNumber(value)).toBe(written));

test.each([
  [0.83132, 0.92697, ['0.831', '0.927']],
  [0.8, 1, ['0.80', '1.00']],
  [12.34, 5678.9, ['12', '5,679']],
  [2e-6, 3e-6, ['2e-6', '3e-6']],
  [1, 1, ['1', '1']]
])('the interval from %p to %p is written %p', (low, high, written) =>
  expect(formatInterval(low, high)).toEqual(written)
);

test('decimal points of a column of metrics stand below each other', () => {
  const format = columnFormat('metrics', [0.5, 0.25, null, NaN]);
  expect([0.5, 0.25, null, NaN].map(format)).toEqual(['0.5000', '0.2500', '', 'NaN']);
});

test('params stay as they were written, whole numbers whole', () => {
  const format = columnFormat('params', [0.001, 12]);
  expect([0.001, 12, 'adam', 0.12345678901].map(format)).toEqual(['0.001', '12', 'adam', '0.123457']);
});

test.each([
  [0.0004, '0 ms'],
  [0.8, '800 ms'],
  [9.96, '10.0 s'],
  [59.4, '59 s'],
  [59.6, '1 min 00 s'],
  [3599.7, '1 h 00 min'],
  [7805, '2 h 10 min']
])('%p seconds last %s', (seconds, written) => expect(formatDuration(seconds)).toBe(written));

test('a clock ticks', () => expect([7, 3723, -1].map(formatClock)).toEqual(['0:07', '1:02:03', '0:00']));

test.each([
  [10, 'just now'],
  [60, '1m ago'],
  [7200, '2h ago'],
  [86400 * 3, '3d ago']
])('%p seconds ago', (seconds, written) =>
  expect(
    formatAgo(0, seconds * 1000, ENGLISH).replace(/\s?(min|hr)\. /, (_, unit: string) => `${unit[0]} `)
  ).toBe(written)
);

test('a time beyond the calendar is a number', () => expect(formatTime(1e19)).toBe('10000000000000000000'));

test('bytes', () =>
  expect([0, 640, 12_300, 3.4e6, 1e18].map(formatBytes)).toEqual([
    '0 B',
    '640 B',
    '12.3 kB',
    '3.4 MB',
    '1,000,000 TB'
  ]));
