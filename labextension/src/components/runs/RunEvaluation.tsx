import { useState, type ReactElement } from 'react';
import { askEvaluation } from '../evaluation/answers';
import { Evaluation } from '../evaluation/Evaluation';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useAnswer } from '../useAnswer';
import type { IRunDetails, IRunsHost } from './types';

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
  stamp: number;
}

/** The evaluation that a run holds; one of several. */
export function RunEvaluation({ host, run, stamp }: IProps): ReactElement {
  const trans = useTranslation();
  const [prefix, setPrefix] = useState<string | null>(null);
  const about = `${run.runId} ${prefix ?? ''}`;
  const { kept, problem } = useAnswer(() => askEvaluation(host, run.runId, prefix), about, stamp);
  if (kept === null) {
    return <Trouble problem={problem} pending />;
  }
  return (
    <>
      {kept.prefixes.length > 1 && (
        <label className="jp-mlops-toolbar">
          {trans.__('Evaluation')}
          <select value={kept.prefix} onChange={({ target }) => setPrefix(target.value)}>
            {kept.prefixes.map(one => (
              <option key={one} value={one}>
                {one === '' ? trans.__('without a prefix') : one}
              </option>
            ))}
          </select>
        </label>
      )}
      <Evaluation key={about} host={host} evaluation={kept} />
    </>
  );
}
