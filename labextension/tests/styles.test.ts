/** Every class is laid out in one file: two views that use a name for different things would spoil each other. */
import { readdirSync, readFileSync } from 'fs';
import { join } from 'path';

const STYLE = join(__dirname, '..', 'style');
const SRC = join(__dirname, '..', 'src');
/** Of these the base has what all have in common. */
const SHARED = new Set(['input', 'menu', 'panel', 'page', 'page-main', 'sidebar']);

function filesOf(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap(one =>
    one.isDirectory()
      ? filesOf(join(folder, one.name))
      : one.name.endsWith('.css')
        ? [join(folder, one.name)]
        : []
  );
}

test('a class is laid out in one file', () => {
  const places = new Map<string, Set<string>>();
  for (const file of filesOf(STYLE)) {
    const text = readFileSync(file, 'utf8').replace(/\/\*[^]*?\*\//g, '');
    for (const [, selectors = ''] of text.matchAll(/([^{}]+)\{/g)) {
      for (const selector of selectors.split(',')) {
        const name = /^\s*\.jp-mlops-([\w-]+)\s*$/.exec(selector)?.[1];
        if (name !== undefined && !SHARED.has(name)) {
          places.set(name, (places.get(name) ?? new Set()).add(file));
        }
      }
    }
  }
  expect(places.size).toBeGreaterThan(100);
  expect([...places].filter(([, files]) => files.size > 1)).toEqual([]);
});

test('what is laid out is drawn somewhere', () => {
  const sources = readdirSync(SRC, { recursive: true, encoding: 'utf8' }).filter(name =>
    /\.tsx?$/.test(name)
  );
  const drawn = new Set(
    sources.flatMap(name => readFileSync(join(SRC, name), 'utf8').match(/jp-mlops-[\w-]+/g) ?? [])
  );
  const laidOut = new Set(
    filesOf(STYLE).flatMap(file => readFileSync(file, 'utf8').match(/(?<=\.)jp-mlops-[\w-]+/g) ?? [])
  );
  expect([...laidOut].filter(name => !drawn.has(name))).toEqual([]);
});
