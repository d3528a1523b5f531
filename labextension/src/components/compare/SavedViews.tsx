import { useContext, useId, useState, type FormEvent, type ReactElement } from 'react';
import { download } from '../download';
import { MarkdownCells } from '../markdownCells';
import { useMenu, type IMenuItem } from '../Menu';
import { dict, text, texts } from '../parse';
import { Popover } from '../Popover';
import { useTranslation } from '../translation';
import type { ICompareHost, ICompareState } from '../types';
import type { Source } from '../views';
import { readState } from './bundles';
import type { IRunChanges } from './useRunChanges';
import { isChanged, scopeQuery, useSavedViews, type ISavedView } from './useSavedViews';

interface IProps {
  host: ICompareHost;
  source: Source;
  state: ICompareState;
  changes: IRunChanges;
}

const WIDTH = 260;

/** The comparison by name: saved, opened again, and frozen to a report. */
export function SavedViews({ host, source, state, changes }: IProps): ReactElement | null {
  const trans = useTranslation();
  const { actions } = changes;
  const insert = useContext(MarkdownCells);
  const [naming, setNaming] = useState(false);
  const { experiment, views, read } = useSavedViews(host, source, state.view);
  const current = views.find(one => one.name === state.view);
  const changed = current !== undefined && isChanged(state, current.state);

  const act = async (action: string, body: object): Promise<unknown> => {
    const answer = await host.act(source, action, { experiment_id: experiment, ...body });
    await read();
    return answer;
  };
  const save = (name: string, overwrite: boolean): void => {
    const body = { name, query: scopeQuery(host), state: { ...state, view: null }, overwrite };
    void actions.run(
      async () => {
        await act('save_view', body);
        host.set({ view: name });
      },
      trans.__('Saved as “%1”', name)
    );
  };
  const remove = (name: string): void => {
    let gone: object = {};
    changes.make(
      async () => {
        gone = dict(await act('delete_view', { name }));
        host.set({ view: null });
      },
      async () => {
        await act('save_view', { name, ...gone });
        host.set({ view: name });
      },
      trans.__('Deleted the view “%1”', name)
    );
  };
  const open = ({ name, state: saved, fits }: ISavedView): void => {
    if (fits) {
      host.set({ ...readState(saved), view: name });
    } else {
      const code = `mlflow.compare(view=${JSON.stringify(name)})`;
      const said = trans.__('“%1” is of other runs than these: %2 opens it.', name, code);
      actions.say({ kind: 'problem', text: said, undo: false });
    }
  };
  const report = (done: string, use: (cells: string[], html: string) => void): void =>
    void actions.run(async () => {
      const title = state.view ?? trans.__('Comparison');
      const body = { query: scopeQuery(host), state: { ...state, view: null }, title };
      const { cells, html } = dict(await host.chart(source, 'report', body));
      use(texts(cells), text(html));
    }, done);

  const items: IMenuItem[] = [
    ...views.map(one => ({
      id: `view ${one.name}`,
      label: one.fits ? one.name : trans.__('%1 (other runs)', one.name),
      checked: one === current && !changed,
      testid: 'mlops-view',
      choose: () => open(one)
    })),
    {
      id: 'save',
      label: trans.__('Save as…'),
      first: views.length > 0,
      testid: 'mlops-view-save',
      choose: () => setNaming(true)
    },
    ...(current === undefined
      ? []
      : [
          ...(changed
            ? [
                {
                  id: 'update',
                  label: trans.__('Save changes of “%1”', current.name),
                  testid: 'mlops-view-update',
                  choose: () => save(current.name, true)
                }
              ]
            : []),
          {
            id: 'delete',
            label: trans.__('Delete “%1”', current.name),
            testid: 'mlops-view-delete',
            choose: () => remove(current.name)
          }
        ]),
    ...(insert === null
      ? []
      : [
          {
            id: 'cells',
            label: trans.__('Report as Markdown cells'),
            first: true,
            testid: 'mlops-report-cells',
            choose: () => report(trans.__('The report stands below this cell'), insert)
          }
        ]),
    {
      id: 'html',
      label: trans.__('Report as HTML file'),
      first: insert === null,
      testid: 'mlops-report-html',
      choose: () =>
        report(trans.__('The report is downloaded'), (_, html) =>
          download(`${state.view ?? 'comparison'}.html`, html, 'text/html')
        )
    }
  ];
  const menu = useMenu(trans.__('Views'), items);
  if (source === 'snapshot') {
    return null;
  }
  const toggle = (): void => {
    if (menu.isOpen) {
      menu.toggle();
    } else {
      read()
        .then(menu.toggle)
        .catch((error: unknown) => void actions.run(() => Promise.reject(error), ''));
    }
  };
  return (
    <>
      <button
        ref={menu.button}
        type="button"
        className="jp-mlops-button"
        aria-haspopup="menu"
        aria-expanded={menu.isOpen}
        data-testid="mlops-views"
        onClick={toggle}
      >
        {state.view === null ? trans.__('Views') : trans.__('View: %1', state.view)}
        {changed && <span className="jp-mlops-quiet"> ({trans.__('changed')})</span>}
      </button>
      {menu.menu}
      {naming && menu.button.current && (
        <Popover
          label={trans.__('Save this view')}
          anchor={menu.button.current}
          width={WIDTH}
          onClose={() => setNaming(false)}
        >
          <NameForm
            taken={views.map(one => one.name)}
            name={state.view ?? ''}
            onName={(name, overwrite) => {
              setNaming(false);
              menu.button.current?.focus();
              save(name, overwrite);
            }}
          />
        </Popover>
      )}
    </>
  );
}

interface INameProps {
  taken: string[];
  name: string;
  onName(name: string, overwrite: boolean): void;
}

/** A name for a view; one that there is says that it will be replaced. */
function NameForm({ taken, name, onName }: INameProps): ReactElement {
  const trans = useTranslation();
  const id = useId();
  const [typed, setTyped] = useState(name);
  const wanted = typed.trim();
  const isTaken = taken.includes(wanted);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (wanted !== '') {
      onName(wanted, isTaken);
    }
  };
  return (
    <form className="jp-mlops-view-name" onSubmit={submit}>
      <label htmlFor={id}>{trans.__('Name of the view')}</label>
      <input
        id={id}
        className="jp-mlops-input"
        value={typed}
        maxLength={200}
        data-testid="mlops-view-name"
        onChange={event => setTyped(event.target.value)}
      />
      <button
        type="submit"
        className="jp-mlops-button"
        aria-disabled={wanted === ''}
        data-testid="mlops-view-named"
      >
        {isTaken ? trans.__('Replace') : trans.__('Save')}
      </button>
      {isTaken && <p className="jp-mlops-note">{trans.__('There is a view of that name.')}</p>}
    </form>
  );
}
