import { useEffect, useId, useMemo, useState, type ReactElement, type ReactNode } from 'react';
import { useTranslation } from '../translation';
import type { IFigure } from '../types';
import { useDrawing } from '../useDrawing';
import type { IAnswer } from '../useAnswer';
import { DataTable } from './DataTable';
import type { IChart, IPanelProps } from './types';

interface IProps {
  panel: IPanelProps;
  answer: IAnswer<IChart>;
  /** For who does not see it. */
  label: string;
  /** What to log, said where there is nothing to draw. */
  empty: ReactNode;
  /** The figure as this tab shows it. */
  figure?: IFigure | null;
  /** Whether the chart was chosen in, with whatever it has for that: the runs become the selection. */
  onRange?: (range: [number, number] | null) => void;
  children?: ReactNode;
}

/** A chart of a tab with its choices above and its numbers below. */
export function Chart({ panel, answer, label, empty, onRange, children, ...given }: IProps): ReactElement {
  const trans = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  const { data, problem, pending } = answer;
  const nothing = data !== null && data.figure.data.length === 0;
  const figure = nothing ? null : (given.figure ?? data?.figure ?? null);
  const events = {
    onHover: panel.onHover,
    onPick: panel.onPick,
    onSelection: panel.onSelection,
    onRange: onRange ?? (() => undefined)
  };
  const drawing = useDrawing(panel.host, figure, events);
  const { drawn } = drawing;
  const selected = useMemo(() => new Set(panel.selection), [panel.selection]);
  useEffect(
    () => drawn?.emphasise({ selected, hovered: panel.hovered }),
    [drawn, figure, selected, panel.hovered]
  );
  return (
    <>
      <div className="jp-mlops-curve-tools">
        {children}
        {!nothing && data !== null && (
          <button
            type="button"
            className="jp-mlops-link jp-mlops-data-button"
            data-testid="mlops-data"
            aria-expanded={open}
            aria-controls={id}
            onClick={() => setOpen(!open)}
          >
            {trans.__('Data')}
          </button>
        )}
      </div>
      {(problem ?? drawing.problem) !== null && (
        <div className="jp-mlops-error" role="alert">
          {trans.__('The chart could not be drawn: %1', problem ?? drawing.problem ?? '')}
        </div>
      )}
      {nothing && <p className="jp-mlops-empty">{empty}</p>}
      {figure !== null && (
        <div
          ref={drawing.place}
          className="jp-mlops-chart"
          data-testid="mlops-chart"
          aria-busy={pending}
          role="group"
          aria-label={label}
        />
      )}
      {open && !nothing && data !== null && <DataTable id={id} label={label} numbers={data.numbers} />}
    </>
  );
}
