import { act, renderHook } from '@testing-library/react';
import { useActions } from '../src/components/useActions';

test('a change that is asked for while another is under way is made after it, and no problem is hidden', async () => {
  const made: string[] = [];
  let finish = (): void => undefined;
  const first = new Promise<void>(resolve => (finish = resolve));
  const { result } = renderHook(useActions);
  let answers: Promise<boolean[]> = Promise.resolve([]);
  act(() => {
    const { run } = result.current;
    answers = Promise.all([
      run(() => first.then(() => void made.push('renamed')), 'Renamed', true),
      run(() => Promise.reject(new Error('no such run')), 'Deleted'),
      run(() => Promise.resolve(made.push('tagged')), 'Tagged')
    ]);
  });
  expect(result.current.busy).toBe(true);
  expect(made).toEqual([]);
  finish();
  await act(async () => expect(await answers).toEqual([true, false, true]));
  expect(made).toEqual(['renamed', 'tagged']);
  expect(result.current.busy).toBe(false);
  expect(result.current.status).toEqual({ kind: 'problem', text: 'no such run', undo: false });
  await act(async () => void (await result.current.run(() => Promise.resolve(), 'Archived', true)));
  expect(result.current.status).toEqual({ kind: 'done', text: 'Archived', undo: true });
});
