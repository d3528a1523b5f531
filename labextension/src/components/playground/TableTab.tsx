import type { ReactElement } from 'react';
import { useTranslation } from '../translation';
import { FileDrop } from './FileDrop';
import { Rows } from './Rows';
import type { IPlaygroundHost, IPlaygroundState, ITableRow } from './types';

interface IProps {
  host: IPlaygroundHost;
  state: IPlaygroundState;
  alive: boolean;
  ready: boolean;
  busy: boolean;
  onFile(file: File): void;
  onPick(row: ITableRow): void;
}

/** Many rows at once: a file to drop, and what the models say to each of its rows. */
export function TableTab({ host, state, alive, ready, busy, onFile, onPick }: IProps): ReactElement {
  const trans = useTranslation();
  const { table, only_differing: differing } = state;
  const canDrop = alive && ready && !busy;
  const tensors = host.bundle.form.kind === 'tensors';
  return (
    <div className="jp-mlops-table-tab">
      <FileDrop
        accept={tensors ? '.npy' : '.csv,.tsv,.txt,.npy,text/csv'}
        label={trans.__('File of rows')}
        testid="mlops-drop"
        disabled={!canDrop}
        onFile={onFile}
      >
        <span>
          {busy
            ? trans.__('Predicting…')
            : tensors
              ? trans.__('Drop a .npy file here, or choose one')
              : trans.__('Drop a CSV file here, or choose one')}
        </span>
        <span className="jp-mlops-quiet">
          {alive && host.isServed()
            ? trans.__('Columns as in the form, 5 MB at most')
            : alive
              ? trans.__('In Python: w.predict(frame), and w.result with what the models said')
              : trans.__('Run the cell again to predict.')}
        </span>
      </FileDrop>
      {table === null ? (
        <p className="jp-mlops-empty">{trans.__('No rows yet.')}</p>
      ) : (
        <>
          <div className="jp-mlops-toolbar">
            <strong className="jp-mlops-clip">{table.name}</strong>
            <span className="jp-mlops-quiet">
              {trans._n('%1 row', '%1 rows', table.total)}
              {table.ms.length > 0 &&
                ` · ${table.ms.map(ms => trans.__('%1 ms', Math.round(ms))).join(' / ')}`}
            </span>
            {table.differing !== null && (
              <label className="jp-mlops-check">
                <input
                  type="checkbox"
                  data-testid="mlops-only-differing"
                  checked={differing}
                  onChange={event => host.set({ only_differing: event.target.checked })}
                />
                <span data-testid="mlops-differing">
                  {trans._n(
                    'Only where the models differ: %1 row',
                    'Only where the models differ: %1 rows',
                    table.differing
                  )}
                </span>
              </label>
            )}
          </div>
          {table.problems.map(problem => (
            <div key={problem} className="jp-mlops-error" role="alert">
              {problem}
            </div>
          ))}
          {table.leftOut.length > 0 && (
            <p className="jp-mlops-note">
              {trans.__('Columns that the model does not take: %1', table.leftOut.slice(0, 10).join(', '))}
            </p>
          )}
          <Rows
            host={host}
            table={table}
            differing={differing}
            alive={alive}
            labels={state.models.map(model => model.label)}
            onPick={onPick}
          />
          {!alive && table.rows.length < table.total && (
            <p className="jp-mlops-note">
              {trans.__('%1 of %2 rows are in the saved table.', table.rows.length, table.total)}
            </p>
          )}
        </>
      )}
    </div>
  );
}
