import { fireEvent, render, screen } from '@testing-library/react';
import type { ReactElement } from 'react';
import { useMenu } from '../src/components/Menu';
import { StageMenu } from '../src/components/StageMenu';
import { Tabs } from '../src/components/Tabs';

function press(key: string): void {
  fireEvent.keyDown(document.activeElement ?? document.body, { key });
}

function Actions({ done }: { done(what: string): void }): ReactElement {
  const items = ['rename', 'delete'].map(id => ({ id, label: id, choose: () => done(id) }));
  const { button, toggle, menu } = useMenu('Actions', items);
  return (
    <>
      <button ref={button} onClick={toggle}>
        open
      </button>
      {menu}
    </>
  );
}

test('a menu goes round by the arrow keys and gives the focus back', () => {
  const done = jest.fn();
  render(<Actions done={done} />);
  fireEvent.click(screen.getByRole('button', { name: 'open' }));
  expect(screen.getByRole('menu', { name: 'Actions' })).toBeTruthy();
  expect(document.activeElement?.textContent).toBe('rename');
  press('ArrowUp');
  expect(document.activeElement?.textContent).toBe('delete');
  press('ArrowDown');
  expect(document.activeElement?.textContent).toBe('rename');
  press('Escape');
  expect(screen.queryByRole('menu')).toBeNull();
  expect(document.activeElement?.textContent).toBe('open');
  expect(done).not.toHaveBeenCalled();
});

test('a choice closes the menu', () => {
  const done = jest.fn();
  render(<Actions done={done} />);
  fireEvent.click(screen.getByRole('button', { name: 'open' }));
  fireEvent.click(screen.getByRole('menuitem', { name: 'delete' }));
  expect(done.mock.calls).toEqual([['delete']]);
  expect(screen.queryByRole('menu')).toBeNull();
});

test('a click elsewhere closes the menu', () => {
  render(<Actions done={jest.fn()} />);
  fireEvent.click(screen.getByRole('button', { name: 'open' }));
  fireEvent.pointerDown(document.body);
  fireEvent.mouseDown(document.body);
  expect(screen.queryByRole('menu')).toBeNull();
});

test('the stage that holds is marked and can not be chosen', () => {
  const onStage = jest.fn();
  render(<StageMenu version="3" stage="Staging" onStage={onStage} />);
  fireEvent.click(screen.getByRole('button', { name: 'Stage of version 3: Staging' }));
  const now = screen.getByRole('menuitemradio', { name: 'Staging' });
  expect(now.getAttribute('aria-checked')).toBe('true');
  expect(document.activeElement).not.toBe(now);
  fireEvent.click(now);
  expect(onStage).not.toHaveBeenCalled();
  fireEvent.click(screen.getByRole('menuitemradio', { name: 'Production' }));
  expect(onStage.mock.calls).toEqual([['Production']]);
});

test('tabs are one stop of the keyboard', () => {
  const onTab = jest.fn();
  const tabs = [
    ['runs', 'Runs'],
    ['models', 'Models']
  ] as const;
  render(<Tabs id="t" label="MLOps" tabs={[...tabs]} tab="runs" onTab={onTab} />);
  const [runs, models] = screen.getAllByRole('tab');
  expect([runs?.tabIndex, models?.tabIndex]).toEqual([0, -1]);
  expect(runs?.getAttribute('aria-controls')).toBe('t-tabpanel-runs');
  runs?.focus();
  press('ArrowLeft');
  expect(onTab.mock.calls).toEqual([['models']]);
  expect(document.activeElement).toBe(models);
});
