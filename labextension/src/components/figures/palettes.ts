/** Figures come in the colours of Okabe and Ito; here they get those that somebody prefers. */
import { isDict } from '../parse';
import { usePreferences, type IPreferences } from '../preferences';
import type { IFigure } from '../types';

type Palette = IPreferences['palette'];

/** Paul Tol, "Colour Schemes" (SRON/EPS/TN/09-002), in the order of the six that figures come with. */
const COLOURS: { readonly [name in Palette]: readonly string[] } = {
  'okabe-ito': ['#0072b2', '#e69f00', '#009e73', '#d55e00', '#cc79a7', '#56b4e9'],
  'tol-bright': ['#4477aa', '#ccbb44', '#228833', '#ee6677', '#aa3377', '#66ccee'],
  'tol-vibrant': ['#0077bb', '#ee7733', '#009988', '#cc3311', '#ee3377', '#33bbee']
};

export function recoloured(figure: IFigure, palette: Palette): IFigure {
  return palette === 'okabe-ito' ? figure : (exchanged(figure, palette) as IFigure);
}

export function useColour(colour: string | undefined): string | undefined {
  const { palette } = usePreferences();
  return colour === undefined ? undefined : exchangedColour(colour, palette);
}

function exchangedColour(colour: string, palette: Palette): string {
  const at = colour.startsWith('#') ? COLOURS['okabe-ito'].indexOf(colour.toLowerCase()) : -1;
  return COLOURS[palette][at] ?? colour;
}

function exchanged(value: unknown, palette: Palette): unknown {
  if (typeof value === 'string') {
    return exchangedColour(value, palette);
  }
  if (Array.isArray(value)) {
    return typeof value[0] === 'number' && typeof value[1] === 'number'
      ? value
      : value.map(one => exchanged(one, palette));
  }
  return isDict(value)
    ? Object.fromEntries(Object.entries(value).map(([key, one]) => [key, exchanged(one, palette)]))
    : value;
}
