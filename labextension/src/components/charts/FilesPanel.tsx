import { useMemo, type ReactElement } from 'react';
import { Choice } from '../Choice';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useDrawing } from '../useDrawing';
import { Beside } from './Beside';
import { readArtifacts } from './besides';
import { DiffText } from './DiffText';
import type { IPanelProps } from './types';
import { useView } from './useChart';

/** So many runs are shown beside each other. */
const MOST_BESIDE = 6;

/** The runs that are meant where only a few can be shown: those selected, else the first ones. */
export function useFew({ selection, order }: IPanelProps, most = MOST_BESIDE): string[] {
  const few = (selection.length > 0 ? selection : order).slice(0, most).join(' ');
  return useMemo(() => few.split(' ').filter(Boolean), [few]);
}

/** One file of several runs: pictures, tables, texts and confusion matrices. */
export function FilesPanel(props: IPanelProps): ReactElement {
  const { options, onOptions, host, hovered, onHover } = props;
  const trans = useTranslation();
  const runs = useFew(props);
  const body = runs.length === 0 ? null : { runs, path: options.path ?? null };
  const answer = useView(props, 'chart_artifacts', body, readArtifacts);
  const { data } = answer;
  const drawing = useDrawing(host, data?.figure ?? null);
  const shown = data !== null && data.path !== null;
  return (
    <div aria-busy={answer.pending} data-testid="mlops-files">
      <Trouble problem={answer.problem ?? drawing.problem} pending={answer.pending && data === null} />
      {data !== null && !shown && (
        <p className="jp-mlops-empty">
          {trans.__('These runs have no pictures, tables or texts. Log some:')}{' '}
          <code>mlflow.log_figure(figure, "roc.png")</code>, <code>mlflow.log_table(rows, "eval.json")</code>,{' '}
          <code>mlflow.log_text(text, "notes.txt")</code>
        </p>
      )}
      {shown && (
        <div className="jp-mlops-curve-tools">
          <Choice
            label={trans.__('File')}
            value={data.path ?? ''}
            testid="mlops-files-path"
            options={data.files.map(
              ({ path, count }) =>
                [
                  path,
                  count === runs.length ? path : trans.__('%1 (%2 of %3 runs)', path, count, runs.length)
                ] as const
            )}
            onChoice={path => onOptions({ path })}
          />
          <Few runs={runs} total={props.total} />
        </div>
      )}
      {data?.figure && (
        <div
          ref={drawing.place}
          className="jp-mlops-chart"
          data-testid="mlops-chart"
          data-drawn={drawing.drawn !== null}
          role="group"
          aria-label={data.path ?? ''}
        />
      )}
      {data?.diff && (
        <>
          <p className="jp-mlops-note">
            {trans.__(
              'What differs between %1 and %2:',
              data.parts[0]?.name ?? '',
              data.parts[1]?.name ?? ''
            )}
          </p>
          <DiffText diff={data.diff} label={trans.__('Differences of %1', data.path ?? '')} />
        </>
      )}
      {shown && !data.figure && <Beside parts={data.parts} hovered={hovered} onHover={onHover} />}
    </div>
  );
}

/** Which of the runs these are. */
export function Few({ runs, total }: { runs: string[]; total: number }): ReactElement | null {
  const trans = useTranslation();
  return runs.length < total ? (
    <span className="jp-mlops-quiet">
      {trans.__('%1 of %2 runs: select others in the table, at most %3.', runs.length, total, MOST_BESIDE)}
    </span>
  ) : null;
}
