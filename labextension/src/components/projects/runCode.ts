/** Code of a cell that runs an entry point of a project. */
import type { IGiven } from './RunButton';

/** What the line of a magic holds as it is, in double quotes at most: no quotes, and nothing that IPython puts values in place of. */
const FITS = /^[^"'\\{}$\0-\x1f\x7f-\x9f\u2028\u2029]*$/;
const IS_PLAIN = /^[\p{L}\p{N}_@%+=:,./~-]+$/u;

/** `%mlrun`, which shows what the run does; `mlflow.run` where something does not fit into a line. */
export function runCode(folder: string, entryPoint: string, parameters: IGiven[]): string {
  const pairs = parameters.map(one => `${one.name}=${one.default ?? ''}`);
  if (![folder, entryPoint, ...pairs].every(text => FITS.test(text))) {
    return pythonCode(folder, entryPoint, parameters);
  }
  const uri = folder.startsWith('-') ? `./${folder}` : folder;
  const point = entryPoint === 'main' ? [] : [`-e ${word(entryPoint)}`];
  return ['%mlrun', word(uri), ...point, ...pairs.map(pair => `-P ${word(pair)}`)].join(' ');
}

function word(text: string): string {
  return IS_PLAIN.test(text) ? text : `"${text}"`;
}

/** JSON's texts and numbers are Python's. */
function pythonCode(folder: string, entryPoint: string, parameters: IGiven[]): string {
  const values = parameters.map(
    one => `    ${JSON.stringify(one.name)}: ${JSON.stringify(one.default ?? '')},`
  );
  const given = values.length === 0 ? '' : `, parameters={\n${values.join('\n')}\n}`;
  const named = entryPoint === 'main' ? '' : `, ${JSON.stringify(entryPoint)}`;
  return `mlflow.run(${JSON.stringify(folder)}${named}${given})`;
}
