import { useState, type ReactElement } from 'react';
import { Check } from '../Check';
import { Popover } from '../Popover';
import { usePreferences } from '../preferences';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import { isShownAtFirst } from './columns';

interface IProps {
  columns: { id: string; label: string; band: string }[];
  chosen: { readonly [id: string]: boolean };
  onChosen(chosen: { readonly [id: string]: boolean }): void;
}

const WIDTH = 276;

/** Which columns are in the table. */
export function ColumnsMenu({ columns, chosen, onChosen }: IProps): ReactElement {
  const trans = useTranslation();
  const { defaultColumns } = usePreferences();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  const [search, setSearch] = useState('');
  const found = columns.filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));
  const isShown = (id: string): boolean => chosen[id] ?? isShownAtFirst(id, defaultColumns);
  const set = (ids: string[], shown: boolean): void =>
    onChosen({ ...chosen, ...Object.fromEntries(ids.map(id => [id, shown])) });
  const all = found.every(({ id }) => isShown(id));
  const bands = [...new Set(found.map(({ band }) => band))];
  return (
    <>
      <button
        type="button"
        className="jp-mlops-button"
        aria-expanded={anchor !== null}
        aria-haspopup="dialog"
        data-testid="mlops-columns"
        onClick={({ currentTarget }) => setAnchor(anchor === null ? currentTarget : null)}
      >
        {trans.__('Columns')}
      </button>
      {anchor !== null && (
        <Popover label={trans.__('Columns')} anchor={anchor} width={WIDTH} onClose={() => setAnchor(null)}>
          <div className="jp-mlops-columns-list">
            <SearchBox
              value={search}
              label={trans.__('Search columns')}
              testid="mlops-columns-search"
              onChange={setSearch}
            />
            <Check
              label={trans.__('All of these')}
              checked={all}
              onChange={shown =>
                set(
                  found.map(({ id }) => id),
                  shown
                )
              }
            />
            {bands.map(band => (
              <fieldset key={band}>
                <legend>{band}</legend>
                {found
                  .filter(column => column.band === band)
                  .map(({ id, label }) => (
                    <label key={id} className="jp-mlops-check">
                      <input
                        type="checkbox"
                        checked={isShown(id)}
                        data-column={id}
                        onChange={event => set([id], event.target.checked)}
                      />
                      <span className="jp-mlops-clip">{label}</span>
                    </label>
                  ))}
              </fieldset>
            ))}
          </div>
        </Popover>
      )}
    </>
  );
}
