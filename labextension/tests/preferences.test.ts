import { recoloured } from '../src/components/figures/palettes';
import { DEFAULTS, DENSITIES, PALETTES, preferences, readPreferences } from '../src/components/preferences';
import { isShownAtFirst } from '../src/components/runs/columns';
import schema from '../schema/settings.json';

test('the schema and the defaults say the same', () => {
  const said = Object.entries(schema.properties).map(([name, property]) => [name, property.default]);
  expect(Object.fromEntries(said)).toEqual(DEFAULTS);
  expect(schema.properties.palette.oneOf.map(one => one.const)).toEqual(PALETTES);
  expect(schema.properties.density.oneOf.map(one => one.const)).toEqual(DENSITIES);
});

test('what can not be used is as if nobody had chosen', () => {
  expect(readPreferences(null)).toEqual(DEFAULTS);
  expect(
    readPreferences({
      store: 3,
      refreshSeconds: 'soon',
      palette: 'rainbow',
      defaultColumns: 'all',
      notify: 1
    })
  ).toEqual(DEFAULTS);
  const read = readPreferences({
    refreshSeconds: 0,
    notifyAfterSeconds: -5,
    defaultColumns: ['a', 1],
    store: ' s '
  });
  expect(read).toEqual({
    ...DEFAULTS,
    refreshSeconds: 1,
    notifyAfterSeconds: 0,
    defaultColumns: ['a'],
    store: 's'
  });
});

test('a change is told until nobody asks', () => {
  const heard = jest.fn();
  const end = preferences.subscribe(heard);
  preferences.set({ ...DEFAULTS, density: 'compact' });
  end();
  preferences.set(DEFAULTS);
  expect(heard).toHaveBeenCalledTimes(1);
});

test('a figure gets the colours that are preferred, whatever their place; what came stays', () => {
  const figure = {
    data: [
      { x: [1, 2], line: { color: '#0072B2' }, marker: { colorscale: [[0, '#E69F00']] }, name: '#other' }
    ],
    layout: { shapes: [{ line: { color: '#d55e00' } }] }
  };
  const before = JSON.stringify(figure);
  const { data, layout } = recoloured(figure, 'tol-vibrant');
  expect(data[0]).toEqual({
    x: [1, 2],
    line: { color: '#0077bb' },
    marker: { colorscale: [[0, '#ee7733']] },
    name: '#other'
  });
  expect(layout).toEqual({ shapes: [{ line: { color: '#cc3311' } }] });
  expect(JSON.stringify(figure)).toBe(before);
  expect(recoloured(figure, 'okabe-ito')).toBe(figure);
});

test('columns that stand in the list at first', () => {
  const shown = (wanted: string[]): string[] =>
    ['metrics.acc', 'metrics.system/cpu', 'params.a', 'params.b'].filter(id => isShownAtFirst(id, wanted));
  expect(shown([])).toEqual(['metrics.acc', 'params.a', 'params.b']);
  expect(shown(['params.*', 'metrics.system/cpu'])).toEqual(['metrics.system/cpu', 'params.a', 'params.b']);
});
