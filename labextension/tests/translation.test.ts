/** Every text that a person reads goes through the translator. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { ENGLISH } from '../src/components/translation';

const SRC = join(__dirname, '..', 'src');
const SHOWN = new Set(['aria-label', 'title', 'placeholder', 'alt', 'label', 'text', 'caption', 'summary']);
/** Not translated. */
const NAMES = new Set(['jupyter_mlops', 'null']);
const JOINS = new Set([
  ts.SyntaxKind.AmpersandAmpersandToken,
  ts.SyntaxKind.BarBarToken,
  ts.SyntaxKind.QuestionQuestionToken
]);
/** What a word of any language would be: `ms`, `×` and the AND of a filter are none. */
const WORD = /(?=.*\p{Ll})\p{L}{3,}/su;

function said(node: ts.Node | undefined): string[] {
  if (node === undefined) {
    return [];
  }
  if (ts.isStringLiteralLike(node)) {
    return [node.text];
  }
  if (ts.isTemplateExpression(node)) {
    return [node.head.text, ...node.templateSpans.map(span => span.literal.text)];
  }
  if (ts.isJsxExpression(node) || ts.isParenthesizedExpression(node)) {
    return said(node.expression);
  }
  if (ts.isConditionalExpression(node)) {
    return [...said(node.whenTrue), ...said(node.whenFalse)];
  }
  if (ts.isBinaryExpression(node)) {
    return node.operatorToken.kind === ts.SyntaxKind.PlusToken
      ? [...said(node.left), ...said(node.right)]
      : JOINS.has(node.operatorToken.kind)
        ? said(node.right)
        : [];
  }
  return [];
}

function untranslated(name: string, source: string): string[] {
  const file = ts.createSourceFile(
    name,
    source,
    ts.ScriptTarget.Latest,
    true,
    name.endsWith('x') ? ts.ScriptKind.TSX : ts.ScriptKind.TS
  );
  const found: string[] = [];
  const note = (node: ts.Node, words: string[]): void => {
    const { line } = file.getLineAndCharacterOfPosition(node.getStart());
    words.filter(one => WORD.test(one)).forEach(one => found.push(`${name}:${line + 1}: ${one.trim()}`));
  };
  const visit = (node: ts.Node): void => {
    if (ts.isJsxText(node)) {
      note(node, isCode(node) || NAMES.has(node.text.trim()) ? [] : [node.text]);
    } else if (ts.isJsxExpression(node) && !ts.isJsxAttribute(node.parent)) {
      note(node, isCode(node) ? [] : said(node).filter(one => !NAMES.has(one)));
    } else if (ts.isJsxAttribute(node) && SHOWN.has(node.name.getText())) {
      note(node, said(node.initializer));
    } else if (ts.isPropertyAssignment(node) && SHOWN.has(node.name.getText())) {
      note(node, said(node.initializer));
    } else if (ts.isNewExpression(node) && /Error$/.test(node.expression.getText())) {
      note(
        node,
        (node.arguments ?? []).flatMap(said).filter(one => /\s/.test(one))
      );
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

/** What is typed into a program is the same in all languages. */
function isCode(node: ts.Node): boolean {
  const { parent } = node;
  return ts.isJsxElement(parent) && ['code', 'pre', 'kbd'].includes(parent.openingElement.tagName.getText());
}

test('the check finds what it is for', () => {
  const source = `
    const a = <p title="Some title">Hello {isOne ? 'there' : trans.__('you')} <code>pip install</code> 3 ms</p>;
    const b = { label: 'Open it' };
    throw new RequestError('CODE', 'It is gone.');`;
  expect(untranslated('a.tsx', source).map(one => one.split(': ')[1])).toEqual([
    'Some title',
    'Hello',
    'there',
    'Open it',
    'It is gone.'
  ]);
});

test('no text is written past the translator', () => {
  const files = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(name => /\.tsx?$/.test(name));
  expect(files.length).toBeGreaterThan(100);
  expect(files.flatMap(name => untranslated(name, readFileSync(join(SRC, name), 'utf8')))).toEqual([]);
});

test('English is as it is written', () => {
  expect(ENGLISH.__('%2 of %1, %3', 'b', 1)).toBe('1 of b, %3');
  expect(ENGLISH.__('%%%%track of %1', 7)).toBe('%%track of 7');
  expect([1, 2].map(count => ENGLISH._n('%1 run', '%1 runs', count))).toEqual(['1 run', '2 runs']);
});
