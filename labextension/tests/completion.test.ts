import { complete, fieldOf } from '../src/components/filter/completion';
import type { IColumnFacts } from '../src/components/compare/types';

const column = (group: string, label: string, kind: 'number' | 'text'): IColumnFacts =>
  ({ id: `${group}.${label}`, group, label, kind }) as IColumnFacts;
const COLUMNS = [
  column('params', 'model', 'text'),
  column('metrics', 'val loss', 'number'),
  column('metrics', 'acc', 'number')
];
const texts = (before: string): string[] => complete(before, COLUMNS).suggestions.map(one => one.text.trim());

test('fields are quoted where they must be', () => {
  expect(COLUMNS.map(fieldOf)).toEqual(['params.model', 'metrics.`val loss`', 'metrics.acc']);
});

test('metrics come before params, what begins so before what holds it', () => {
  expect(texts('').slice(0, 3)).toEqual(['metrics.`val loss`', 'metrics.acc', 'params.model']);
  expect(texts('mod')).toEqual(['params.model']);
  expect(texts('metrics.v')).toEqual(['metrics.`val loss`']);
});

test('a number has other operators than a text', () => {
  expect(texts('metrics.acc ')).toContain('>=');
  expect(texts('metrics.acc ')).not.toContain('LIKE');
  expect(texts('params.model ')).toContain('LIKE');
  expect(texts('params.model ')).not.toContain('>=');
});

test('a value is known to the user alone, then comes what joins', () => {
  expect(texts('metrics.acc > ')).toEqual([]);
  expect(texts('metrics.acc > 0.9')).toEqual([]);
  expect(texts('metrics.acc > 0.9 ')).toEqual(['AND', 'OR']);
  expect(texts('metrics.acc > 0.9 AND par')).toEqual(['params.model']);
});

test('what is begun is replaced from its beginning', () => {
  expect(complete('metrics.acc > 0.9 AND par', COLUMNS).from).toBe('metrics.acc > 0.9 AND '.length);
});

test('a text in quotes may hold what looks like the language', () => {
  expect(texts("params.model = 'a AND b' ")).toEqual(['AND', 'OR']);
});
