import { readPlace } from '../src/components/addresses';
import { readState } from '../src/components/compare/bundles';
import { addressOf, shownBy } from '../src/pages/ComparePlace';

const PLACE = readPlace('compare?runs=a,b');
const USUAL = readState(null);

test('how a comparison is shown is in its address, whole', () => {
  const state = {
    ...USUAL,
    selection: ['a'],
    sort: [{ id: 'metrics.val acc/%', desc: true }],
    filter: "params.name = 'x & y'",
    columns: { ...USUAL.columns, hidden: ['params.lr'], widths: { 'metrics.acc': 120 } },
    differences_only: true,
    group: 'params.depth',
    expanded: ['3'],
    charts: { tab: 'scatter', options: { scatter: { x: 'params.lr' } } },
    view: 'best'
  };
  const address = readPlace(addressOf(state, PLACE));
  expect(shownBy(address)).toEqual(state);
  expect(address.query.get('runs')).toBe('a,b');
});

test('what is as usual is not in it', () => {
  expect(addressOf(USUAL, PLACE)).toBe('compare?runs=a%2Cb');
  expect(shownBy(PLACE)).toEqual(USUAL);
});

test('a link to a saved view leaves it to be opened, and what cannot be read is as usual', () => {
  expect(shownBy(readPlace('compare?experiment=1&view=best')).view).toBeNull();
  expect(shownBy(readPlace('compare?runs=a&state={"sort":'))).toEqual(USUAL);
});
