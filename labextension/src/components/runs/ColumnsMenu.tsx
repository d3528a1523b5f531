import { useEffect, useRef, useState, type ReactElement } from 'react';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import { isShownAtFirst } from './columns';

interface IProps {
  columns: { id: string; label: string; band: string }[];
  chosen: { readonly [id: string]: boolean };
  onChosen(chosen: { readonly [id: string]: boolean }): void;
}

const WIDTH = 276;
const EDGE = 12;

/** Below the button, and inside the window. */
function placeFor(button: HTMLElement): number {
  const { left } = button.getBoundingClientRect();
  return Math.min(0, window.innerWidth - EDGE - WIDTH - left);
}

/** Which columns are in the table. */
export function ColumnsMenu({ columns, chosen, onChosen }: IProps): ReactElement {
  const trans = useTranslation();
  /** How far from the left it stands; null while it is closed. */
  const [left, setLeft] = useState<number | null>(null);
  const open = left !== null;
  const close = (): void => setLeft(null);
  const [search, setSearch] = useState('');
  const place = useRef<HTMLDivElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useEffect(() => {
    if (!open) {
      return;
    }
    place.current?.querySelector('input')?.focus();
    const outside = (event: Event): void => {
      if (!(event.target instanceof Node && place.current?.parentElement?.contains(event.target) === true)) {
        setLeft(null);
      }
    };
    document.addEventListener('pointerdown', outside, true);
    return () => document.removeEventListener('pointerdown', outside, true);
  }, [open]);
  const found = columns.filter(({ label }) => label.toLowerCase().includes(search.toLowerCase()));
  const isShown = (id: string): boolean => chosen[id] ?? isShownAtFirst(id);
  const set = (ids: string[], shown: boolean): void =>
    onChosen({ ...chosen, ...Object.fromEntries(ids.map(id => [id, shown])) });
  const all = found.every(({ id }) => isShown(id));
  const bands = [...new Set(found.map(({ band }) => band))];
  return (
    <div className="jp-mlops-columns">
      <button
        ref={button}
        type="button"
        className="jp-mlops-button"
        aria-expanded={open}
        aria-haspopup="dialog"
        data-testid="mlops-columns"
        onClick={event => setLeft(open ? null : placeFor(event.currentTarget))}
      >
        {trans.__('Columns')}
      </button>
      {open && (
        <div
          ref={place}
          className="jp-mlops-columns-list"
          style={{ left }}
          role="dialog"
          aria-label={trans.__('Columns')}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              close();
              button.current?.focus();
              event.stopPropagation();
            }
          }}
        >
          <SearchBox
            value={search}
            label={trans.__('Search columns')}
            testid="mlops-columns-search"
            onChange={setSearch}
          />
          <label className="jp-mlops-check">
            <input
              type="checkbox"
              checked={all}
              onChange={() =>
                set(
                  found.map(({ id }) => id),
                  !all
                )
              }
            />
            {trans.__('All of these')}
          </label>
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
      )}
    </div>
  );
}
