import { asCsv } from '../src/components/charts/csv';
import { readDifference } from '../src/components/charts/differences';
import { cell, list, metric, number, status, texts } from '../src/components/parse';
import { runFilter } from '../src/components/runFilter';

test('numbers that JSON does not have come as texts', () => {
  expect([
    number('NaN'),
    number('Infinity'),
    number('-Infinity'),
    number('x'),
    number(''),
    number(null)
  ]).toEqual([NaN, Infinity, -Infinity, null, null, null]);
  expect(metric({ key: 'a', value: 'NaN' })).toEqual({ key: 'a', value: NaN, step: 0 });
});

test('what is of a wrong type is left out', () => {
  expect(texts(['a', 1, null, { b: 1 }])).toEqual(['a']);
  expect(list('no list', () => 1)).toEqual([]);
  expect(metric(['key'])).toBeNull();
  expect(status('exploded')).toBe('FINISHED');
  expect(cell({ a: 1 }, 'text')).toBe('[object Object]');
});

test('a difference is read from anything', () => {
  const { runs, code, sections } = readDifference({
    runs: 7,
    code: [null],
    params: [{ name: 'a', old: 1 }, 'b'],
    metrics: [{ name: 'm', old: 'NaN' }]
  });
  expect(runs).toEqual([]);
  expect(code).toEqual([{ name: '', added: 0, removed: 0, cut: false, hunks: [] }]);
  expect(sections[0]?.rows).toEqual([{ name: 'a', old: '1', new: null }]);
  expect(sections[1]?.rows).toEqual([{ name: 'm', old: 'NaN', new: null }]);
});

test('a cell of CSV is no formula', () => {
  const rows = [['=1+1', -2, 'a"b', null, '-3']];
  expect(asCsv({ columns: ['a', 'b', 'c', 'd', 'e'], rows })).toBe('a,b,c,d,e\r\n\'=1+1,-2,"a""b",,-3\r\n');
});

test('a name is a filter', () => {
  expect(runFilter('metrics.a > 1')).toBe('metrics.a > 1');
  expect(runFilter('tree')).toContain('tree');
});
