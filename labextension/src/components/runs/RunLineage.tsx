import type { ReactElement } from 'react';
import { LineageFigure, LineageSteps } from '../models/Lineage';
import type { INode } from '../models/types';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useAnswer } from '../useAnswer';
import { Hint } from './Hint';
import { askRunLineage } from './pages';
import type { IRunDetails, IRunsHost } from './types';

interface IProps {
  host: IRunsHost;
  run: IRunDetails;
  stamp: number;
}

/** From which data the run was made, and what became of its models. */
export function RunLineage({ host, run, stamp }: IProps): ReactElement {
  const trans = useTranslation();
  const { kept: lineage, problem } = useAnswer(() => askRunLineage(host, run.runId), run.runId, stamp);
  if (lineage === null) {
    return <Trouble problem={problem} pending />;
  }
  if (lineage.steps.length === 0) {
    return (
      <p className="jp-mlops-empty" data-testid="mlops-no-lineage">
        <Hint
          text={trans.__('Nothing is known of where this run came from or went. Say what it is made from:')}
          code="mlflow.log_input(dataset)"
        />{' '}
        <Hint text={trans.__('and register its model:')} code="mlflow.register_model(uri, name)" />
      </p>
    );
  }
  const href = ({ id, kind }: INode): string | null => {
    const rest = id.slice(id.indexOf('/') + 1);
    return kind === 'run' && rest !== run.runId
      ? host.links.run(rest)
      : kind === 'version'
        ? host.links.model(rest.slice(0, rest.lastIndexOf('/')))
        : null;
  };
  return (
    <div data-testid="mlops-run-lineage">
      <LineageFigure host={host} figure={lineage.figure} />
      <LineageSteps steps={lineage.steps} href={href} />
    </div>
  );
}
