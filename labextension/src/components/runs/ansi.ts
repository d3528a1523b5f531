/** What terminals make of escape sequences: colours and weights; all else that they can do is left out. */

interface IPiece {
  text: string;
  /** Names of the looks, such as "fg-1 bold". */
  look: string;
}

// eslint-disable-next-line no-control-regex
const ESCAPE = /\x1b(?:\[([0-9;?]*)([A-Za-z])|\][^\x07\x1b]*(?:\x07|\x1b\\)?|[@-Z\\-_])/g;
// eslint-disable-next-line no-control-regex
const CONTROL = /[\x00-\x08\x0b-\x1f\x7f]/g;

interface ILook {
  fg: number | null;
  bold: boolean;
  dim: boolean;
  italic: boolean;
  underline: boolean;
}

const PLAIN: ILook = { fg: null, bold: false, dim: false, italic: false, underline: false };

/** The lines of a text in pieces of one look; of a line that was written over what stands at its end. */
export function ansiLines(text: string): IPiece[][] {
  let look = PLAIN;
  return text.split('\n').map(line => {
    const shown = line.replace(/\r+$/, '');
    const last = shown.slice(shown.lastIndexOf('\r') + 1);
    const [pieces, after] = piecesOf(last, look);
    look = after;
    return pieces;
  });
}

export interface INumbered {
  /** From 1. */
  number: number;
  pieces: IPiece[];
}

/** The lines of a text with their numbers. */
export function numberedLines(text: string): INumbered[] {
  return ansiLines(text.replace(/\n$/, '')).map((pieces, at) => ({ number: at + 1, pieces }));
}

/** Those of the lines that hold what is looked for, in small letters. */
export function linesWith(lines: INumbered[], words: string): INumbered[] {
  return words === '' ? lines : lines.filter(({ pieces }) => plainLine(pieces).toLowerCase().includes(words));
}

/** A line as it reads without its looks. */
function plainLine(pieces: IPiece[]): string {
  return pieces.map(({ text }) => text).join('');
}

function piecesOf(line: string, begin: ILook): [IPiece[], ILook] {
  if (!line.includes('\x1b')) {
    return [[piece(line, begin)], begin];
  }
  const pieces: IPiece[] = [];
  let look = begin;
  let at = 0;
  for (const found of line.matchAll(ESCAPE)) {
    pieces.push(piece(line.slice(at, found.index), look));
    at = found.index + found[0].length;
    if (found[2] === 'm') {
      look = changed(look, (found[1] ?? '').split(';').map(Number));
    }
  }
  pieces.push(piece(line.slice(at), look));
  return [pieces.filter(one => one.text !== ''), look];
}

function piece(text: string, look: ILook): IPiece {
  const names = [
    look.fg === null ? '' : `fg-${look.fg}`,
    ...(['bold', 'dim', 'italic', 'underline'] as const).map(name => (look[name] ? name : ''))
  ];
  return { text: text.replace(CONTROL, ''), look: names.filter(Boolean).join(' ') };
}

function changed(look: ILook, codes: number[]): ILook {
  let next = look;
  for (let at = 0; at < codes.length; at++) {
    const code = codes[at] ?? 0;
    if (code === 0) {
      next = PLAIN;
    } else if (code === 1) {
      next = { ...next, bold: true };
    } else if (code === 2) {
      next = { ...next, dim: true };
    } else if (code === 3) {
      next = { ...next, italic: true };
    } else if (code === 4) {
      next = { ...next, underline: true };
    } else if (code === 22) {
      next = { ...next, bold: false, dim: false };
    } else if (code >= 30 && code <= 37) {
      next = { ...next, fg: code - 30 };
    } else if (code >= 90 && code <= 97) {
      next = { ...next, fg: code - 90 };
    } else if (code === 39) {
      next = { ...next, fg: null };
    } else if (code === 38 || code === 48) {
      // Of 256 colours the first 16 are those above; others have none of the theme's.
      const isIndexed = codes[at + 1] === 5;
      const index = codes[at + 2] ?? 0;
      next = code === 38 ? { ...next, fg: isIndexed && index < 16 ? index % 8 : null } : next;
      at += isIndexed ? 2 : 4;
    }
  }
  return next;
}
