import { useAnswer, type IAnswer } from '../useAnswer';
import { readChart } from './bundles';
import type { IChart, IPanelProps } from './types';

type IAsks = Pick<IPanelProps, 'host' | 'source' | 'stamp'>;

/** What a view of the store says to a question; nothing is asked where the question is null. */
export function useView<T>(
  { host, source, stamp }: IAsks,
  view: string,
  body: object | null,
  read: (answer: unknown) => T
): IAnswer<T> {
  const ask = body === null ? null : async () => read(await host.chart(source, view, body));
  const answer = useAnswer(ask, `${source} ${view} ${JSON.stringify(body)}`, stamp, '');
  // Of whatever was asked before, what is shown stays until the next answer is here.
  return { ...answer, data: answer.pending ? answer.kept : answer.data };
}

export function useChart(asks: IAsks, view: string, body: object): IAnswer<IChart> {
  return useView(asks, view, body, readChart);
}
