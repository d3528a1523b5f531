/** @jest-environment node */
import { runCode } from '../src/components/projects/runCode';

test('an entry point is run by one line, whose words have quotes where they need them', () => {
  expect(runCode('grapes', 'main', [{ name: 'alpha', default: 0.5 }])).toBe('%mlrun grapes -P alpha=0.5');
  const given = [
    { name: 'note', default: 'two words?' },
    { name: 'path', default: null }
  ];
  expect(runCode('../my grapes', 'ask me', given)).toBe(
    '%mlrun "../my grapes" -e "ask me" -P "note=two words?" -P path='
  );
  expect(runCode('-grapes', 'main', [])).toBe('%mlrun ./-grapes');
});

test.each(['{print(1)}', '$HOME', 'say "hi"', 'a\nb', 'a\\', "it's", 'a\u2028%rm'])(
  '%j is a text of Python, as IPython would make something else of it in a line',
  value => {
    const code = runCode('.', 'main', [{ name: 'a', default: value }]);
    expect(code).toBe(`mlflow.run(".", parameters={\n    "a": ${JSON.stringify(value)},\n})`);
  }
);
