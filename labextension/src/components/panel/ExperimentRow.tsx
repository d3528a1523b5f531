import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { StatusIcon } from '../status';
import { useTranslation } from '../translation';
import { CaretBox } from './CaretBox';
import type { IListedExperiment } from './types';

interface IProps {
  experiment: IListedExperiment;
  isOpen: boolean;
  onToggle(): void;
}

/** An experiment with how many runs it has, and how many of them go on now. */
export function ExperimentRow({ experiment, isOpen, onToggle }: IProps): ReactElement {
  const trans = useTranslation();
  const { name, count, running } = experiment;
  return (
    <>
      <CaretBox isThere={count > 0} isOpen={isOpen} label={name} onToggle={onToggle} />
      <span className="jp-mlops-clip" title={name}>
        {name}
      </span>
      {running > 0 && (
        <span
          className="jp-mlops-running"
          data-testid="mlops-running"
          title={trans._n('%1 run goes on', '%1 runs go on', running)}
        >
          <StatusIcon status="RUNNING" />
          {formatNumber(running)}
        </span>
      )}
      <span className="jp-mlops-count" data-testid="mlops-count" title={trans._n('%1 run', '%1 runs', count)}>
        {formatNumber(count)}
      </span>
    </>
  );
}
