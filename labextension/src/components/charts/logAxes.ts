/** Which axes are logarithmic, as Python has it. */
export function logAxes(x: boolean, y: boolean): string {
  return (x ? 'x' : '') + (y ? 'y' : '');
}
