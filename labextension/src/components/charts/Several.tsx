import { useEffect, useId, useRef, useState, type ReactElement } from 'react';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import { useOutside } from '../useOutside';

interface IProps {
  label: string;
  chosen: string[];
  /** Ids and what is said for them. */
  options: readonly (readonly [string, string])[];
  /** More can not be chosen. */
  most: number;
  testid: string;
  onChosen(chosen: string[]): void;
}

const FEW = 10;

/** Several of many things, in a list below a button. */
export function Several({ label, chosen, options, most, testid, onChosen }: IProps): ReactElement {
  const trans = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  const [search, setSearch] = useState('');
  const place = useRef<HTMLSpanElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  useOutside(place, () => setOpen(false), open);
  useEffect(() => {
    if (open) {
      place.current?.querySelector('input')?.focus();
    }
  }, [open]);
  const found = options.filter(([, name]) => name.toLowerCase().includes(search.toLowerCase()));
  const names = new Map(options);
  const first = names.get(chosen[0] ?? '') ?? trans.__('none');
  return (
    <span className="jp-mlops-choice jp-mlops-several" ref={place}>
      <span className="jp-mlops-quiet" id={`${id}label`}>
        {label}
      </span>
      <button
        ref={button}
        type="button"
        id={`${id}button`}
        className="jp-mlops-several-button"
        aria-haspopup="dialog"
        aria-expanded={open}
        aria-labelledby={`${id}label ${id}button`}
        data-testid={testid}
        onClick={() => setOpen(!open)}
      >
        <span className="jp-mlops-clip">
          {chosen.length > 1 ? trans.__('%1 and %2 more', first, chosen.length - 1) : first}
        </span>
      </button>
      {open && (
        <div
          className="jp-mlops-several-list"
          role="dialog"
          aria-labelledby={`${id}label`}
          onKeyDown={event => {
            if (event.key === 'Escape') {
              setOpen(false);
              button.current?.focus();
              event.stopPropagation();
            }
          }}
        >
          {options.length > FEW && (
            <SearchBox
              value={search}
              label={trans.__('Search')}
              testid={`${testid}-search`}
              onChange={setSearch}
            />
          )}
          {found.map(([one, name]) => (
            <label key={one} className="jp-mlops-check">
              <input
                type="checkbox"
                checked={chosen.includes(one)}
                disabled={!chosen.includes(one) && chosen.length >= most}
                data-option={one}
                onChange={event =>
                  onChosen(event.target.checked ? [...chosen, one] : chosen.filter(other => other !== one))
                }
              />
              <span className="jp-mlops-clip" title={name}>
                {name}
              </span>
            </label>
          ))}
        </div>
      )}
    </span>
  );
}
