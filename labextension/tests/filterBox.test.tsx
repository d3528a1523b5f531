/** The box of a filter, whose columns may be known only after somebody has begun to write. */
import { fireEvent, render, screen } from '@testing-library/react';
import { useState, type ReactElement } from 'react';
import { FilterBox } from '../src/components/filter/FilterBox';
import type { IColumnFacts } from '../src/components/compare/types';

const MODEL = { id: 'params.model', group: 'params', label: 'model', kind: 'text' } as IColumnFacts;

beforeAll(() => {
  Element.prototype.scrollIntoView = () => undefined; // which jsdom has not
});

function Box({ columns }: { columns: IColumnFacts[] }): ReactElement {
  const [value, setValue] = useState('');
  return <FilterBox value={value} columns={columns} problem={null} onChange={setValue} />;
}

function begun(): { box: HTMLElement; come(): void } {
  const { rerender } = render(<Box columns={[]} />);
  const box = screen.getByRole('combobox');
  box.focus();
  fireEvent.change(box, { target: { value: 'params.mod' } });
  expect(screen.queryByRole('option')).toBeNull();
  return { box, come: () => rerender(<Box columns={[MODEL]} />) };
}

test('columns that come late are offered for what stands there', () => {
  const { come } = begun();
  come();
  expect(screen.getByRole('option').textContent).toContain('params.model');
});

test('who has left the box is offered nothing', () => {
  const { box, come } = begun();
  fireEvent.blur(box);
  come();
  expect(screen.queryByRole('option')).toBeNull();
});
