import { useEffect, useMemo, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { ICompareHost, ICompareState, ICurves, IDrawnFigure, XAxis } from '../types';
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
  const { host, source, stamp, runs, curve, onCurve, onColours } = props;
  const trans = useTranslation();
  const { curves, problem } = useCurves(host, source, stamp, runs, curve.key, curve.x);
  const [drawProblem, node] = useDrawing(props, curves);
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
          options={(curves?.keys ?? [key]).map(one => [one, one])}
          onChange={value => onCurve({ ...curve, key: value })}
        />
        <Choice
          label={trans.__('over')}
          value={curve.x}
          options={[
            ['step', trans.__('Step')],
            ['relative', trans.__('Relative time')],
            ['time', trans.__('Clock time')]
          ]}
          onChange={value => onCurve({ ...curve, x: value as XAxis })}
        />
      </div>
      {(problem ?? drawProblem) !== null && (
        <div className="jp-mlops-error" role="alert">
          {trans.__('The curves could not be drawn: %1', problem ?? drawProblem ?? '')}
        </div>
      )}
      <div
        ref={node}
        className="jp-mlops-chart"
        data-testid="mlops-chart"
        data-metric={key}
        role="group"
        aria-label={trans._n('%2 of %1 run', '%2 of %1 runs', runs.length, key)}
      />
    </section>
  );
}

/** Draws into a node, keeps the drawing when the figure or the emphasis changes, and says what went wrong. */
function useDrawing(
  props: IProps,
  curves: ICurves | null
): [string | null, (node: HTMLDivElement | null) => void] {
  const { host, selection, shown, hovered } = props;
  const [node, setNode] = useState<HTMLDivElement | null>(null);
  const [drawn, setDrawn] = useState<IDrawnFigure | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const latest = useRef(props);
  latest.current = props;
  const figure = useMemo(() => curves && onlyRuns(curves.figure, shown), [curves, shown]);
  const first = useRef(figure);
  first.current = figure;
  const ready = node !== null && figure !== null;

  useEffect(() => {
    if (!ready || first.current === null) {
      return;
    }
    let gone = false;
    let mine: IDrawnFigure | null = null;
    const events = {
      onHover: (runId: string | null) => latest.current.onHover(runId),
      onPick: (runId: string) => latest.current.onPick(runId)
    };
    host.drawFigure(node, first.current, events).then(
      drawing => {
        mine = drawing;
        if (gone) {
          drawing.dispose();
        } else {
          setProblem(null);
          setDrawn(drawing);
        }
      },
      (error: unknown) => !gone && setProblem(error instanceof Error ? error.message : String(error))
    );
    return () => {
      gone = true;
      mine?.dispose();
      setDrawn(null);
    };
  }, [host, node, ready]);

  const selected = useMemo(() => new Set(selection), [selection]);
  useEffect(() => {
    if (figure) {
      drawn?.update(figure);
    }
  }, [drawn, figure]);
  useEffect(() => drawn?.emphasise({ selected, hovered }), [drawn, figure, selected, hovered]);
  return [problem, setNode];
}

interface IChoice {
  label: string;
  value: string;
  options: string[][];
  onChange(value: string): void;
}

function Choice({ label, value, options, onChange }: IChoice): ReactElement {
  return (
    <label className="jp-mlops-choice">
      <span className="jp-mlops-quiet">{label}</span>
      <select value={value} onChange={event => onChange(event.target.value)}>
        {options.map(([id, name]) => (
          <option key={id} value={id}>
            {name}
          </option>
        ))}
      </select>
    </label>
  );
}
