import { fewNamed, wholeTicks } from '../src/components/figures/axes';

describe('ticks of an axis', () => {
  const ticks = (x: unknown, axis = {}): unknown => wholeTicks('xaxis', axis, [{ x }]).dtick;

  it('stand at whole numbers where there are only a few', () => {
    expect([ticks([0, 1, 2]), ticks([5]), ticks([-3, 5])]).toEqual([1, 1, 1]);
  });

  it('stand where plotly.js puts them elsewhere', () => {
    expect(ticks([0, 0.5, 2])).toBeUndefined();
    expect(ticks([0, 100])).toBeUndefined();
    expect(ticks(['a', 'b'])).toBeUndefined();
    expect(ticks([])).toBeUndefined();
    expect(ticks(undefined)).toBeUndefined();
    expect(ticks([1, 2], { type: 'log' })).toBeUndefined();
    expect(ticks([1, 2], { dtick: 0.5 })).toBe(0.5);
  });

  it('are of the traces of that axis', () => {
    const data = [{ x: [0, 1] }, { x: [0, 0.5], xaxis: 'x2' }];
    const names = ['xaxis', 'xaxis2', 'yaxis'];
    expect(names.map(name => wholeTicks(name, {}, data).dtick)).toEqual([1, undefined, undefined]);
  });
});

test('a legend has at most 24 names', () => {
  const data = Array.from({ length: 60 }, (_, at) => ({ name: `class ${at}`, showlegend: at % 2 === 0 }));
  const named = fewNamed(data).filter(({ showlegend }) => showlegend);
  expect(named).toHaveLength(24);
  expect(fewNamed(named)).toEqual(named);
});
