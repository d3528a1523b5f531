import { fireEvent, render, screen } from '@testing-library/react';
import { Field } from '../src/components/playground/Field';
import type { IField, Value } from '../src/components/playground/types';
import { canVary, pickerTime, same, typedNumber } from '../src/components/playground/values';

const FIELD: IField = {
  name: 'size',
  label: 'size',
  kind: 'number',
  type: 'double',
  required: true,
  least: 10,
  most: 90,
  step: null,
  options: [],
  shape: null
};

function shown(field: Partial<IField>, value: Value, problem?: string): jest.Mock {
  const onValue = jest.fn();
  render(
    <Field
      field={{ ...FIELD, ...field }}
      group="values"
      value={value}
      problem={problem}
      alive={true}
      onValue={onValue}
      onFile={jest.fn()}
    />
  );
  return onValue;
}

test.each([
  ['', null],
  [' 1.5 ', 1.5],
  ['1e3', 1000],
  ['many', 'many'],
  ['9007199254740993', '9007199254740993'],
  ['Infinity', 'Infinity']
])('%p is typed', (typed, read) => expect(typedNumber(typed)).toBe(read));

test('values are compared by what they hold', () => {
  expect(same(undefined, null)).toBe(true);
  expect(
    same({ file: 'a', shape: [1], dtype: 'f', bytes: 1 }, { file: 'a', shape: [1], dtype: 'f', bytes: 1 })
  ).toBe(true);
  expect(same(1, '1')).toBe(false);
});

test('a day is a time of the picker', () => {
  expect([pickerTime('2024-05-01'), pickerTime('2024-05-01 10:11:12.5'), pickerTime(null)]).toEqual([
    '2024-05-01T00:00',
    '2024-05-01T10:11:12',
    ''
  ]);
});

test('what can be varied', () => {
  const kinds = (['number', 'boolean', 'json', 'file'] as const).map(kind => canVary({ ...FIELD, kind }));
  expect(kinds).toEqual([true, true, false, false]);
  expect(canVary({ ...FIELD, kind: 'choice', options: ['a'] })).toBe(false);
});

test('a number by its box and by its slider', () => {
  const onValue = shown({}, 20);
  fireEvent.change(screen.getByRole('slider'), { target: { value: '30' } });
  fireEvent.change(screen.getByRole('textbox'), { target: { value: '4o' } });
  expect(onValue.mock.calls).toEqual([
    ['values', 'size', 30],
    ['values', 'size', '4o']
  ]);
});

test('a number outside of the example says so', () => {
  shown({}, 200);
  expect(screen.getByRole('textbox').title).toBe('Outside of the example: 10 to 90');
});

test('what is wrong is tied to its control', () => {
  shown({ least: null, most: null }, 'x', 'not a number');
  const control = screen.getByLabelText(/^size/);
  expect(control.getAttribute('aria-invalid')).toBe('true');
  expect(document.getElementById(control.getAttribute('aria-describedby') ?? '')?.textContent).toBe(
    'not a number'
  );
});

test('a choice that is optional can be none, and a value that is no option stays', () => {
  const onValue = shown({ kind: 'choice', required: false, options: ['red', 'blue'] }, 'green');
  const options = screen.getAllByRole('option').map(one => one.textContent);
  expect(options).toEqual(['–', 'green', 'red', 'blue']);
  fireEvent.change(screen.getByRole('combobox'), { target: { value: '' } });
  expect(onValue).toHaveBeenCalledWith('values', 'size', null);
});
