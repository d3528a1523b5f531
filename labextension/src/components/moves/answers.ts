/** From the JSON of what a move would do to what the sheet shows. */
import { dict, isDict, list, text, textOrNull, texts } from '../parse';
import type { IPreview, IVerdict } from './types';

function readVerdict(value: unknown): IVerdict | null {
  return isDict(value) && typeof value.rule === 'string'
    ? { rule: value.rule, passed: value.passed === true, reason: text(value.reason) }
    : null;
}

export function readPreview(value: unknown): IPreview {
  const answer = dict(value);
  const verdicts = list(answer.verdicts, readVerdict);
  return {
    archives: texts(answer.archives),
    holder: textOrNull(answer.holder),
    verdicts,
    passed: verdicts.every(verdict => verdict.passed)
  };
}
