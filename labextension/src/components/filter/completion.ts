/** What can stand next in a filter. */
import type { IColumnFacts } from '../compare/types';

interface ISuggestion {
  /** What is put in. */
  text: string;
  /** What it is, beside it. */
  kind: string;
}

export interface ICompletion {
  /** From where on the text before the caret is replaced. */
  from: number;
  suggestions: ISuggestion[];
}

const MOST = 50;
const STRING = `'[^']*'|"[^"]*"`;
const FIELD = `(?:[A-Za-z_]\\w*\\.)?(?:\`[^\`]*\`(?:\\.\\w+)?|[\\w./:-]+)`;
const OPERATOR = `(?:<=|>=|!=|=|<|>|(?:NOT\\s+)?(?:LIKE|ILIKE|IN)\\b|IS\\s+(?:NOT\\s+)?NULL\\b)`;
const VALUE = `(?:${STRING}|-?[\\d.]+(?:e[+-]?\\d+)?|\\([^)]*\\))`;
/** Whole clauses, one after the other. */
const CLAUSES = new RegExp(
  `^(?:\\s*(?:\\(|NOT\\b|AND\\b|OR\\b)|\\s*${FIELD}\\s*(?:IS\\s+(?:NOT\\s+)?NULL\\b|${OPERATOR}\\s*${VALUE})\\s*\\)*)*`,
  'i'
);
const ATTRIBUTES = ['run_name', 'status', 'user_id', 'run_id', 'start_time', 'end_time'];
const NUMERIC = ['>', '>=', '<', '<=', '=', '!='];
const TEXTUAL = ['=', '!=', 'LIKE', 'ILIKE', 'IN (', 'IS NULL', 'IS NOT NULL'];

/** A key as a filter writes it. */
export function fieldOf({ group, label }: { group: string; label: string }): string {
  const name = /^\w+$/.test(label) ? label : label.includes('`') ? `"${label}"` : `\`${label}\``;
  return group === 'attributes' ? label : `${group}.${name}`;
}

export function complete(before: string, columns: readonly IColumnFacts[]): ICompletion {
  const done = CLAUSES.exec(before)?.[0] ?? '';
  const rest = before.slice(done.length);
  const isBetween = done.trim() !== '' && !/(?:\(|\bNOT|\bAND|\bOR)\s*$/i.test(done);
  const start = done.length + (rest.length - rest.trimStart().length);
  const word = rest.trimStart();
  if (isBetween) {
    // Without a space the value may go on.
    const next = /\s$/.test(before.slice(0, start)) ? ['AND', 'OR'] : [];
    const suggestions = next.map(text => ({ text: `${text} `, kind: '' }));
    return { from: start, suggestions: matching(suggestions, word) };
  }
  const field = new RegExp(`^(${FIELD})\\s+([<>=!a-z ]*)$`, 'i').exec(word);
  if (field !== null) {
    const [, name = '', typed = ''] = field;
    if (/\S\s$/.test(typed) && new RegExp(`^${OPERATOR}\\s$`, 'i').test(typed)) {
      return { from: before.length, suggestions: [] }; // a value, which only the user knows
    }
    const isNumber = /^metrics?\./.test(name) || /_time$/.test(name) || isNumeric(name, columns);
    const known = [...(isNumber ? NUMERIC : []), ...TEXTUAL.filter(one => !isNumber || one.startsWith('IS'))];
    const suggestions = known.map(text => ({ text: text.endsWith('(') ? text : `${text} `, kind: '' }));
    return { from: start + word.length - typed.length, suggestions: matching(suggestions, typed) };
  }
  if (/\s/.test(word.trim()) || (word !== '' && /\s$/.test(word))) {
    return { from: before.length, suggestions: [] };
  }
  return { from: start, suggestions: matching([...fields(columns), { text: 'NOT ', kind: '' }], word) };
}

/** Where a text is to be compared: with what column, and what of the text is there. */
interface IValueAt {
  column: string;
  from: number;
  typed: string;
}

const TEXT_BEGUN = new RegExp(`^(${FIELD})\\s*(?:!?=|(?:NOT\\s+)?I?LIKE\\b)\\s*(?:['"]([^'"]*))?$`, 'i');

export function valueAt(before: string, columns: readonly IColumnFacts[]): IValueAt | null {
  const rest = before.slice(CLAUSES.exec(before)?.[0].length ?? 0).trimStart();
  const [whole, name = '', typed] = TEXT_BEGUN.exec(rest) ?? [];
  const known = ATTRIBUTES.includes(name)
    ? `attributes.${name}`
    : columns.find(one => one.group !== 'metrics' && fieldOf(one) === name)?.id;
  const quoted = typed === undefined ? 0 : typed.length + 1;
  return whole === undefined || known === undefined || /_time$/.test(name)
    ? null
    : { column: known, from: before.length - quoted, typed: typed ?? '' };
}

/** Texts as a filter writes them; those that hold a quote it can not write. */
export function valueSuggestions({ from, typed }: IValueAt, values: readonly string[]): ICompletion {
  const known = values.filter(one => !one.includes("'") && one.length < 80);
  const fitting = known.filter(one => one.toLowerCase().includes(typed.toLowerCase()));
  return { from, suggestions: fitting.map(one => ({ text: `'${one}' `, kind: '' })) };
}

export const STATUSES = ['FINISHED', 'RUNNING', 'FAILED', 'KILLED', 'SCHEDULED'];

function isNumeric(name: string, columns: readonly IColumnFacts[]): boolean {
  return columns.some(column => column.kind === 'number' && fieldOf(column) === name);
}

function fields(columns: readonly IColumnFacts[]): ISuggestion[] {
  const order = ['metrics', 'params', 'tags'];
  const keyed = columns.filter(({ group }) => order.includes(group));
  keyed.sort((a, b) => order.indexOf(a.group) - order.indexOf(b.group));
  return [
    ...keyed.map(column => ({ text: `${fieldOf(column)} `, kind: column.kind })),
    ...ATTRIBUTES.map(text => ({ text: `${text} `, kind: /_time$/.test(text) ? 'number' : 'text' }))
  ];
}

/** Those that begin so, then those that hold it. */
function matching(known: ISuggestion[], typed: string): ISuggestion[] {
  const plain = (text: string): string => text.toLowerCase().replace(/[`"]/g, '');
  const wanted = plain(typed);
  const begin = known.filter(({ text }) => plain(text).startsWith(wanted));
  const hold = known.filter(one => !begin.includes(one) && wanted !== '' && plain(one.text).includes(wanted));
  return [...begin, ...hold].filter(({ text }) => text !== typed).slice(0, MOST);
}
