import { createContext, useContext } from 'react';

/** The part of a translator that the views use; JupyterLab's TranslationBundle has this shape. */
export interface ITranslate {
  __(message: string, ...values: (string | number)[]): string;
  _n(one: string, many: string, count: number, ...values: (string | number)[]): string;
}

/** English as written, for hosts that have no translations. */
export const ENGLISH: ITranslate = {
  __: (message, ...values) => fill(message, values),
  _n: (one, many, count, ...values) => fill(count === 1 ? one : many, [count, ...values])
};

/** As JupyterLab's bundles do it: two percent signs are one that stays. */
function fill(message: string, values: (string | number)[]): string {
  return message.replace(/%(?:%|(\d+))/g, (whole, index?: string) =>
    index === undefined ? '%' : String(values[Number(index) - 1] ?? whole)
  );
}

let spoken = ENGLISH;

/** For what is said where no component is at hand, like errors of a connection. */
export const words: ITranslate = {
  __: (message, ...values) => spoken.__(message, ...values),
  _n: (one, many, count, ...values) => spoken._n(one, many, count, ...values)
};

/** The host says it once, before anything is drawn. */
export function speak(translate: ITranslate): void {
  spoken = translate;
}

export const Translation = createContext<ITranslate>(words);

export function useTranslation(): ITranslate {
  return useContext(Translation);
}
