import { useEffect, useMemo, type ReactElement } from 'react';
import { Choice } from '../Choice';
import { useTranslation } from '../translation';
import type { ICompareHost, ICompareState, XAxis } from '../types';
import { useDrawing } from '../useDrawing';
import type { Source } from '../views';
import { onlyRuns, tracesByRun } from './traces';
import { useCurves } from './useCurves';

interface IProps {
  host: ICompareHost;
  source: Source;
  stamp: number;
  runs: string[];
  /** The runs that the search leaves: only these are drawn. */
  shown: ReadonlySet<string>;
  curve: ICompareState['curve'];
  selection: string[];
  hovered: string | null;
  onCurve(curve: ICompareState['curve']): void;
  onHover(runId: string | null): void;
  onPick(runId: string): void;
  onColours(colours: ReadonlyMap<string, string>): void;
}

/** The chart below the table: one trace a run, drawn by the host. */
export function Curves(props: IProps): ReactElement | null {
  const { host, source, stamp, runs, shown, selection, hovered, curve, onCurve, onColours } = props;
  const trans = useTranslation();
  const { curves, problem } = useCurves(host, source, stamp, runs, curve.key, curve.x);
  const figure = useMemo(() => curves && onlyRuns(curves.figure, shown), [curves, shown]);
  const { place, drawn, problem: drawProblem } = useDrawing(host, figure, props);
  const selected = useMemo(() => new Set(selection), [selection]);
  useEffect(() => drawn?.emphasise({ selected, hovered }), [drawn, figure, selected, hovered]);
  useEffect(() => onColours(tracesByRun(curves?.figure)), [curves, onColours]);

  if (source === 'snapshot') {
    return (
      <p className="jp-mlops-note">
        {trans.__(
          'Curves are not saved in the notebook. They come back when the store or the kernel can be reached.'
        )}
      </p>
    );
  }
  if (curves !== null && curves.keys.length === 0) {
    return null;
  }
  const key = curve.key ?? curves?.key ?? '';
  return (
    <section className="jp-mlops-curves" aria-label={trans.__('Curves')}>
      <div className="jp-mlops-curve-tools">
        <Choice
          label={trans.__('Metric')}
          value={key}
          options={(curves?.keys ?? [key]).map(one => [one, one] as const)}
          onChoice={value => onCurve({ ...curve, key: value })}
        />
        <Choice
          label={trans.__('over')}
          value={curve.x}
          options={[
            ['step', trans.__('Step')],
            ['relative', trans.__('Relative time')],
            ['time', trans.__('Clock time')]
          ]}
          onChoice={value => onCurve({ ...curve, x: value as XAxis })}
        />
      </div>
      {(problem ?? drawProblem) !== null && (
        <div className="jp-mlops-error" role="alert">
          {trans.__('The curves could not be drawn: %1', problem ?? drawProblem ?? '')}
        </div>
      )}
      <div
        ref={place}
        className="jp-mlops-chart"
        data-testid="mlops-chart"
        data-metric={key}
        role="group"
        aria-label={trans._n('%2 of %1 run', '%2 of %1 runs', runs.length, key)}
      />
    </section>
  );
}
