import type { ReactElement } from 'react';
import { number } from './parse';
import { useTranslation } from './translation';
import type { IFigure } from './types';
import { useDrawing, type IDraws } from './useDrawing';

interface IProps {
  host: IDraws;
  figure: IFigure;
  label: string;
  testid: string;
}

/** A figure of Plotly's, or why it could not be drawn. */
export function Figure({ host, figure, label, testid }: IProps): ReactElement {
  const trans = useTranslation();
  const { place, drawn, problem } = useDrawing(host, figure);
  return (
    <>
      {problem !== null && (
        <p className="jp-mlops-note">{trans.__('The chart could not be drawn: %1', problem)}</p>
      )}
      <div
        ref={place}
        className="jp-mlops-chart"
        style={{ height: number(figure.layout.height) ?? undefined }}
        data-testid={testid}
        data-drawn={drawn !== null}
        role="group"
        aria-label={label}
      />
    </>
  );
}
