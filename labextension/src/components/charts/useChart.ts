import { useEffect, useRef } from 'react';
import { useAnswer, type IAnswer } from '../useAnswer';
import { readChart } from './bundles';
import type { IChart, IPanelProps } from './types';

/** The chart that a view of the store makes of a question; the one before stays until it is here. */
export function useChart(
  { host, source, stamp }: Pick<IPanelProps, 'host' | 'source' | 'stamp'>,
  view: string,
  body: { run_ids: string[]; [name: string]: unknown }
): IAnswer<IChart> {
  const ask = async (): Promise<IChart> => readChart(await host.chart(source, view, body));
  const answer = useAnswer(
    body.run_ids.length === 0 ? null : ask,
    `${source} ${view} ${JSON.stringify(body)}`,
    stamp
  );
  const last = useRef<IChart | null>(null);
  useEffect(() => {
    last.current = answer.data ?? last.current;
  }, [answer.data]);
  return { ...answer, data: answer.data ?? (answer.pending ? last.current : null) };
}
