/** @jest-environment node */
import { isNotebook } from '../src/components/notebookPaths';
import { cellDigest } from '../src/components/cells/digests';
import { NewsDesk, type INewsRun } from '../src/components/cells/news';
import { isChanged, isTracked, latestRun } from '../src/components/cells/states';
import type { ICellRun } from '../src/components/cells/types';

const run = (runId: string, more: Partial<INewsRun> = {}): INewsRun => ({
  runId,
  name: runId,
  status: 'RUNNING',
  startTime: 0,
  endTime: null,
  isChild: false,
  alerts: [],
  ...more
});
const ended = { status: 'FINISHED', endTime: 90_000 } as const;
const alerts = [{ title: 'loss is NaN', text: '', level: 'warning' }];

describe('what is worth a notification', () => {
  it('is the end of a long run that was seen running, once', () => {
    const desk = new NewsDesk();
    expect(desk.read([run('a'), run('before', ended)], true, 60_000)).toEqual([]);
    expect(desk.read([run('a', ended)], false, 60_000)).toMatchObject([
      { kind: 'ended', run: { runId: 'a' } }
    ]);
    expect(desk.read([run('a', ended), run('never seen', ended)], false, 60_000)).toEqual([]);
  });

  it('is not the end of a short run or of one within another', () => {
    const desk = new NewsDesk();
    desk.read([run('short'), run('trial', { isChild: true })], true, 60_000);
    const now = [run('short', { ...ended, endTime: 59_000 }), run('trial', { ...ended, isChild: true })];
    expect(desk.read(now, false, 60_000)).toEqual([]);
  });

  it('is each alert once, and none of before', () => {
    const desk = new NewsDesk();
    desk.read([run('a', { alerts })], true, 0);
    expect(desk.read([run('a', { alerts }), run('b', { alerts })], false, 0)).toMatchObject([
      { kind: 'alert', run: { runId: 'b' } }
    ]);
    expect(desk.read([run('b', { alerts })], false, 0)).toEqual([]);
  });
});

describe('a tracked cell', () => {
  const known: ICellRun = {
    runId: '02',
    name: 'forest',
    status: 'RUNNING',
    startTime: 1,
    endTime: null,
    value: null,
    error: null,
    notebook: '/home/ann/a.ipynb',
    digest: '0cc155e0'
  };
  const runs = { runs: [known], metric: null, better: 'neither', more: false } as const;
  const card = { runId: '02', name: 'forest', status: 'FINISHED', store: '', experiment: '' } as const;

  it('is known by its first line', () => {
    expect(['%%track a\nx', '\n%%sweep a=1..2', '# %%track', '%%tracker'].map(isTracked)).toEqual([
      true,
      true,
      false,
      false
    ]);
  });

  it('has the digest that Python keeps', () => {
    expect(cellDigest('depth = 3 \n')).toBe('0cc155e0');
    expect(isChanged('depth = 3', latestRun({ ...runs, runs: [known] }, null, 'a.ipynb'))).toBe(false);
    expect(isChanged('depth = 4', latestRun({ ...runs, runs: [known] }, null, 'a.ipynb'))).toBe(true);
  });

  it('has the status that its own output tells, where the store is behind', () => {
    expect(latestRun({ ...runs, runs: [known] }, card, 'a.ipynb')?.status).toBe('FINISHED');
    const newer = latestRun({ ...runs, runs: [known] }, { ...card, runId: '03' }, 'a.ipynb');
    expect([newer?.runId, newer?.known]).toEqual(['03', null]);
  });

  it('has the runs of its own notebook, not of a copy', () => {
    const copy = { ...known, runId: '04', notebook: '/home/ann/copy.ipynb' };
    expect(latestRun({ ...runs, runs: [copy, known] }, null, 'a.ipynb')?.runId).toBe('02');
  });

  it('is of a notebook by all of the path that the server knows', () => {
    const paths = ['a.ipynb', 'ann/a.ipynb', '/home/ann/a.ipynb', 'bob/a.ipynb', 'b/ann/a.ipynb', ''];
    expect(paths.map(path => isNotebook('/home/ann/a.ipynb', path))).toEqual([
      ...[true, true, true],
      ...[false, false, false]
    ]);
    // One of the same name in another folder would be stopped in its place.
    expect(isNotebook('a.ipynb', 'other/a.ipynb')).toBe(false);
  });
});
