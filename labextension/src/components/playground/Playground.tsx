import { useCallback, useId, useState, useSyncExternalStore, type ReactElement } from 'react';
import { AliveDot } from '../AliveDot';
import { formatTime } from '../formats';
import { tabId, tabPanelId, Tabs } from '../Tabs';
import { useTranslation } from '../translation';
import { Form } from './Form';
import { Result } from './Result';
import { TableTab } from './TableTab';
import { Trust } from './Trust';
import type { IPlaygroundHost, ITableRow, IValues, Value } from './types';
import { useAsked } from './useAsked';
import { same } from './values';
import { WhatIf } from './WhatIf';

/** A model tried by hand: a form, what the model says to it, and what it would say to other inputs. */
export function Playground({ host }: { host: IPlaygroundHost }): ReactElement {
  const trans = useTranslation();
  const id = useId();
  const { state, alive } = useSyncExternalStore(host.subscribe, host.get);
  const { form } = host.bundle;
  const { busy, problem, ask } = useAsked();
  const served = host.isServed();
  const [touched, setTouched] = useState(false);
  const ready = state.models.length > 0 && state.models.every(model => model.state === 'ready');
  const { outcome, table, tab } = state;
  const stale =
    outcome !== null && !(sameAll(outcome.values, state.values) && sameAll(outcome.params, state.params));

  const setValue = useCallback(
    (group: 'values' | 'params', name: string, value: Value): void => {
      setTouched(true);
      host.set({ [group]: { ...host.get().state[group], [name]: value } });
    },
    [host]
  );
  const sendFile = useCallback(
    (name: string, file: File): void => ask(() => host.sendFile(name, file)),
    [host, ask]
  );
  const pick = (row: ITableRow): void => {
    const known = new Set(form.fields.filter(field => field.kind !== 'file').map(field => field.name));
    const picked = table?.columns.flatMap(({ name, role }, index) =>
      role === 'input' && known.has(name) ? [[name, row.values[index] ?? null] as const] : []
    );
    const values = { ...state.values, ...Object.fromEntries(picked ?? []) };
    host.set({ values, tab: 'row' });
    ask(() => host.predict(values, state.params));
  };

  return (
    <div className="jp-mlops-playground" data-testid="mlops-playground" data-alive={alive} aria-busy={busy}>
      <header className="jp-mlops-playground-head">
        <strong className="jp-mlops-clip">
          {state.models.map(model => model.label).join(trans.__(' against '))}
        </strong>
        {state.models.slice(0, 1).map(model => (
          <span key={model.uri} className="jp-mlops-quiet jp-mlops-clip" title={model.uri}>
            {model.flavor}
          </span>
        ))}
        <span className="jp-mlops-summary">
          {served ? (
            <span className="jp-mlops-quiet" data-testid="mlops-served">
              {trans.__('runs on the server')}
            </span>
          ) : (
            <AliveDot alive={alive} />
          )}
        </span>
      </header>
      {!alive && !touched && host.bundle.savedAt !== null && (
        <p className="jp-mlops-note" role="status">
          {trans.__('As saved %1.', formatTime(host.bundle.savedAt))}
        </p>
      )}
      {!alive && host.serve !== undefined && (
        <p className="jp-mlops-note jp-mlops-serve">
          <span>{trans.__('No kernel follows this view.')}</span>
          <button
            type="button"
            className="jp-mlops-button"
            data-testid="mlops-serve"
            disabled={busy}
            onClick={() => ask(async () => host.serve?.())}
          >
            {busy ? trans.__('Starting…') : trans.__('Predict through the server')}
          </button>
        </p>
      )}
      <Trust
        models={state.models}
        alive={alive}
        busy={busy}
        served={served}
        onTrust={() => ask(() => host.trust())}
      />
      {problem !== null && (
        <div className="jp-mlops-error" role="alert" data-testid="mlops-problem">
          {problem}
        </div>
      )}
      <Tabs
        id={id}
        label={trans.__('Input')}
        tabs={[
          ['row', trans.__('One row')],
          ['rows', trans.__('Table')]
        ]}
        tab={tab}
        onTab={one => host.set({ tab: one })}
      />
      <div role="tabpanel" id={tabPanelId(id, tab)} aria-labelledby={tabId(id, tab)}>
        {tab === 'row' ? (
          <div className="jp-mlops-playground-row">
            <Form
              form={form}
              state={state}
              alive={alive}
              busy={busy}
              ready={ready}
              onValue={setValue}
              onFile={sendFile}
              onPredict={() => ask(() => host.predict(state.values, state.params))}
            />
            <div className="jp-mlops-playground-right">
              <Result outcome={outcome} stale={stale} busy={busy} ready={ready} />
              {outcome !== null && outcome.cards.some(card => card.problem === null) && (
                <WhatIf host={host} state={state} active={alive && ready} />
              )}
            </div>
          </div>
        ) : (
          <TableTab
            host={host}
            state={state}
            alive={alive}
            ready={ready}
            busy={busy}
            onFile={file => ask(() => host.sendRows(file))}
            onPick={pick}
          />
        )}
      </div>
    </div>
  );
}

function sameAll(one: IValues, other: IValues): boolean {
  return Object.keys({ ...one, ...other }).every(name => same(one[name], other[name]));
}
