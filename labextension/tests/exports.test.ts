/** A name that no other file imports is not exported: what leaves a file is what others stand on. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const SRC = join(__dirname, '..', 'src');
const EXPORTED = /^export (?:abstract |async |declare )*(?:class|const|function|interface|let|type) (\w+)/gm;

function filesOf(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter(name => /\.tsx?$/.test(name))
    .map(name => join(folder, name));
}

test('what is exported is imported elsewhere', () => {
  const words = new Map(
    [...filesOf(SRC), ...filesOf(__dirname)].map(file => {
      const text = readFileSync(file, 'utf8');
      return [file, { text, words: new Set(text.match(/\w+/g)) }] as const;
    })
  );
  const needless = [...words].flatMap(([file, { text }]) =>
    file.startsWith(SRC)
      ? [...text.matchAll(EXPORTED)]
          .map(([, name = '']) => name)
          .filter(name => ![...words].some(([other, one]) => other !== file && one.words.has(name)))
          .map(name => `${file.slice(SRC.length + 1)}: ${name}`)
      : []
  );
  expect(words.size).toBeGreaterThan(300);
  expect(needless).toEqual([]);
});
