import { useEffect, useId, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from '../translation';
import { useDrawing } from '../useDrawing';
import type { IAnswer } from '../useAnswer';
import { DataTable } from './DataTable';
import { numbersOf } from './numbers';
import type { IChart, IPanelProps } from './types';

interface IProps {
  panel: IPanelProps;
  answer: IAnswer<IChart>;
  /** For who does not see it. */
  label: string;
  /** What to log, said where there is nothing to draw. */
  empty: ReactNode;
  /** What can be done in the chart. */
  hint?: string;
  /** What of all runs is drawn. */
  note?: string | null;
  onRange?: (range: [number, number] | null) => void;
  /** The choices above it. */
  children?: ReactNode;
}

/** A chart of a tab with its choices above and its numbers below. */
export function Chart(props: IProps): ReactElement {
  const { panel, answer, label, onRange, hint, note } = props;
  const trans = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  const { data, problem, pending } = answer;
  const nothing = data !== null && data.figure.data.length === 0;
  const figure = nothing ? null : (data?.figure ?? null);
  const drawing = useDrawing(panel.host, figure, {
    onHover: panel.onHover,
    onPick: panel.onPick,
    onSelection: panel.onSelection,
    onRange: onRange ?? (() => undefined)
  });
  const numbers = useMemo(() => (open && data !== null ? numbersOf(data) : null), [open, data]);
  const { drawn } = drawing;
  const selected = useMemo(() => new Set(panel.selection), [panel.selection]);
  useEffect(
    () => drawn?.emphasise({ selected, hovered: panel.hovered }),
    [drawn, figure, selected, panel.hovered]
  );
  return (
    <>
      <div className="jp-mlops-curve-tools">
        {props.children}
        {figure !== null && (
          <button
            type="button"
            className="jp-mlops-link jp-mlops-data-button"
            data-testid="mlops-data"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
          >
            {open ? trans.__('Hide data') : trans.__('Data')}
          </button>
        )}
      </div>
      {(problem ?? drawing.problem) !== null && (
        <div className="jp-mlops-error" role="alert">
          {trans.__('The chart could not be drawn: %1', problem ?? drawing.problem ?? '')}
        </div>
      )}
      {nothing && <p className="jp-mlops-empty">{props.empty}</p>}
      {figure === null && pending && <p className="jp-mlops-empty">{trans.__('Loading…')}</p>}
      {figure !== null && (
        <div
          ref={drawing.place}
          className="jp-mlops-chart"
          data-testid="mlops-chart"
          data-drawn={drawn !== null}
          aria-busy={pending}
          role="group"
          aria-label={label}
        />
      )}
      {figure !== null && hint !== undefined && <p className="jp-mlops-note">{hint}</p>}
      {note !== null && note !== undefined && <p className="jp-mlops-note">{note}</p>}
      {numbers !== null && figure !== null && <DataTable id={id} label={label} numbers={numbers} />}
    </>
  );
}
