/** How wide a text will be in the theme's letters, in CSS pixels, before it is drawn. */
const SIZE_PX = 13;

let context: CanvasRenderingContext2D | null | undefined;

export function textWidth(text: string, bold = false): number {
  context ??= document.createElement('canvas').getContext('2d');
  if (!context) {
    return text.length * 7.4;
  }
  const family = getComputedStyle(document.body).getPropertyValue('--jp-ui-font-family') || 'sans-serif';
  context.font = `${bold ? 600 : 400} ${SIZE_PX}px ${family}`;
  return context.measureText(text).width;
}

/** The widest of many: only the longest few are measured, for that is what takes time. */
export function widest(texts: string[]): number {
  const longest = [...new Set(texts)].sort((a, b) => b.length - a.length).slice(0, 5);
  return Math.max(0, ...longest.map(text => textWidth(text)));
}
