import { useEffect, useRef, useState } from 'react';
import { said } from './errors';
import type { IDrawnFigure, IFigure, IFigureEvents } from './types';

interface IDrawing {
  /** For the node to draw into. */
  place: (node: HTMLDivElement | null) => void;
  drawn: IDrawnFigure | null;
  problem: string | null;
}

export interface IDraws {
  drawFigure(node: HTMLElement, figure: IFigure, events: IFigureEvents): Promise<IDrawnFigure>;
}

const SILENT: IFigureEvents = { onHover: () => undefined, onPick: () => undefined };

/** Draws into a node, keeps the drawing when the figure changes, and says what went wrong. */
export function useDrawing(host: IDraws, figure: IFigure | null, events: IFigureEvents = SILENT): IDrawing {
  const [node, place] = useState<HTMLDivElement | null>(null);
  const [drawn, setDrawn] = useState<IDrawnFigure | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const latest = useRef({ figure, events });
  latest.current = { figure, events };
  const ready = node !== null && figure !== null;

  useEffect(() => {
    const first = latest.current.figure;
    if (!ready || first === null) {
      return;
    }
    let gone = false;
    let mine: IDrawnFigure | null = null;
    const heard: IFigureEvents = {
      onHover: runId => latest.current.events.onHover(runId),
      onPick: runId => latest.current.events.onPick(runId),
      onSelection: runIds => latest.current.events.onSelection?.(runIds),
      onRange: range => latest.current.events.onRange?.(range)
    };
    host.drawFigure(node, first, heard).then(
      drawing => {
        mine = drawing;
        if (gone) {
          drawing.dispose();
        } else {
          setProblem(null);
          setDrawn(drawing);
        }
      },
      (error: unknown) => !gone && setProblem(said(error))
    );
    return () => {
      gone = true;
      mine?.dispose();
      setDrawn(null);
    };
  }, [host, node, ready]);
  useEffect(() => {
    if (figure) {
      drawn?.update(figure);
    }
  }, [drawn, figure]);
  return { place, drawn, problem };
}
