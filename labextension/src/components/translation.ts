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

function fill(message: string, values: (string | number)[]): string {
  return message.replace(/%(\d+)/g, (whole, index) => String(values[Number(index) - 1] ?? whole));
}

export const Translation = createContext<ITranslate>(ENGLISH);

export function useTranslation(): ITranslate {
  return useContext(Translation);
}
