import { useId, useState, type ReactElement } from 'react';
import { DataTable } from '../charts/DataTable';
import { number } from '../parse';
import { useTranslation } from '../translation';
import { useDrawing, type IDraws } from '../useDrawing';
import type { ISweepChart } from './types';

interface IProps {
  host: IDraws;
  chart: ISweepChart | null;
  problem: string | null;
  label: string;
}

/** One chart of a sweep, with its numbers on demand. */
export function SweepChart({ host, chart, problem, label }: IProps): ReactElement {
  const trans = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  const empty = chart !== null && chart.figure.data.length === 0;
  const drawing = useDrawing(host, empty ? null : (chart?.figure ?? null));
  const trouble = problem ?? drawing.problem;
  if (trouble !== null) {
    return <p className="jp-mlops-note">{trans.__('The chart could not be drawn: %1', trouble)}</p>;
  }
  if (empty) {
    return <p className="jp-mlops-empty">{trans.__('Drawn as soon as enough trials are done.')}</p>;
  }
  return (
    <>
      <div
        ref={drawing.place}
        className="jp-mlops-chart"
        style={{ height: number(chart?.figure.layout.height) ?? undefined }}
        data-testid="mlops-sweep-chart"
        aria-busy={chart === null}
        role="group"
        aria-label={label}
      />
      {chart !== null && (
        <button
          type="button"
          className="jp-mlops-link"
          aria-expanded={open}
          aria-controls={id}
          onClick={() => setOpen(!open)}
        >
          {trans.__('Data')}
        </button>
      )}
      {open && chart !== null && <DataTable id={id} label={label} numbers={chart.numbers} />}
    </>
  );
}
