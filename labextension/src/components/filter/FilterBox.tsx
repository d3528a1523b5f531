import {
  useEffect,
  useId,
  useRef,
  useState,
  type CSSProperties,
  type KeyboardEvent,
  type ReactElement
} from 'react';
import { createPortal, flushSync } from 'react-dom';
import { Icon } from '../Icon';
import { useTranslation } from '../translation';
import { complete, STATUSES, valueAt, valueSuggestions, type ICompletion } from './completion';
import type { IColumnFacts } from '../compare/types';

interface IProps {
  value: string;
  columns: readonly IColumnFacts[];
  problem: string | null;
  /** Shown while it is empty. */
  label?: string;
  testid?: string;
  /** Frequent texts of a column that is compared. */
  values?: ((column: string) => Promise<string[]>) | undefined;
  onFocus?(): void;
  onChange(value: string): void;
}

const NOTHING: ICompletion = { from: 0, suggestions: [] };

/** The filter, with what can stand next, and below it what cannot be read and where. */
export function FilterBox({ value, columns, onChange, ...props }: IProps): ReactElement {
  const trans = useTranslation();
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLUListElement>(null);
  const [found, setFound] = useState(NOTHING);
  const [at, setAt] = useState(-1);
  /** Somebody writes, and has not closed the list: what comes late is shown too. */
  const isAsked = useRef(false);
  const isOpen = found.suggestions.length > 0;
  // What is only begun is no mistake yet.
  const problem = isOpen ? null : props.problem;
  useEffect(() => {
    const scrolled = (event: Event): void => {
      if (event.target !== list.current && event.target !== input.current) {
        setFound(old => ({ ...old })); // drawn again where the box is now
      }
    };
    document.addEventListener('scroll', scrolled, true);
    return () => document.removeEventListener('scroll', scrolled, true);
  }, []);
  useEffect(() => {
    list.current?.children[at]?.scrollIntoView({ block: 'nearest' });
  }, [at, found]);

  const close = (): void => {
    isAsked.current = false;
    setFound(NOTHING);
  };
  const suggest = (): void => {
    isAsked.current = true;
    const { current } = input;
    const caret = current?.selectionStart ?? 0;
    const isMiddle = /^[\w.]/.test(current?.value.slice(caret) ?? '');
    const next = current === null || isMiddle ? NOTHING : complete(current.value.slice(0, caret), columns);
    // Enter takes what was begun or chosen; else the filter is as it should be.
    setAt(next.from < caret ? 0 : -1);
    setFound(next);
    const wanted = current === null || isMiddle ? null : valueAt(current.value.slice(0, caret), columns);
    if (wanted !== null && props.values !== undefined) {
      const mine = current?.value;
      const known =
        wanted.column === 'attributes.status' ? Promise.resolve(STATUSES) : props.values(wanted.column);
      known.then(
        // What was typed meanwhile asks for something else.
        texts => {
          if (input.current?.value === mine) {
            setAt(wanted.from < caret ? 0 : -1);
            setFound(valueSuggestions(wanted, texts));
          }
        },
        () => undefined
      );
    }
  };
  useEffect(() => {
    if (
      input.current !== null &&
      input.current === document.activeElement &&
      (isAsked.current || value === '')
    ) {
      suggest();
    }
  }, [columns]);
  const take = (place: number): void => {
    const { current } = input;
    const one = found.suggestions[place];
    if (current === null || one === undefined) {
      return;
    }
    const caret = current.selectionStart ?? current.value.length;
    const next = current.value.slice(0, found.from) + one.text + current.value.slice(caret).trimStart();
    // The next key may come before the next frame: the caret must be there.
    flushSync(() => onChange(next));
    current.focus();
    current.setSelectionRange(found.from + one.text.length, found.from + one.text.length);
    suggest();
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const { key } = event;
    const count = found.suggestions.length;
    event.stopPropagation();
    if (isOpen && (key === 'ArrowDown' || key === 'ArrowUp')) {
      setAt(key === 'ArrowDown' ? (at + 1) % count : (Math.max(at, 0) + count - 1) % count);
    } else if (isOpen && key === 'Enter') {
      at < 0 ? close() : take(at);
    } else if (isOpen && key === 'Tab') {
      take(Math.max(at, 0));
    } else if (key === 'Escape' && (isOpen || value !== '')) {
      isOpen ? close() : onChange('');
    } else if ((key === ' ' && event.ctrlKey) || (key === 'ArrowDown' && !isOpen)) {
      suggest();
    } else {
      return;
    }
    event.preventDefault();
  };
  const label = props.label ?? trans.__('Filter: metrics.acc > 0.9 AND params.model = "tree", or a name');
  return (
    <>
      <div className="jp-mlops-filter" data-invalid={problem !== null || undefined}>
        <span className="jp-mlops-search" data-invalid={problem !== null || undefined}>
          <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
            <path d="M2.5 3.5h11L9.5 8.5v4l-3-1.5v-2.5z" />
          </svg>
          <input
            ref={input}
            type="text"
            role="combobox"
            className="jp-mlops-search-input"
            data-testid={props.testid ?? 'mlops-compare-filter'}
            value={value}
            placeholder={label}
            aria-label={label}
            aria-expanded={isOpen}
            aria-controls={`${id}-list`}
            aria-autocomplete="list"
            aria-activedescendant={isOpen && at >= 0 ? `${id}-${at}` : undefined}
            aria-invalid={problem !== null}
            aria-describedby={problem === null ? undefined : `${id}-error`}
            spellCheck={false}
            autoComplete="off"
            onChange={event => {
              onChange(event.target.value);
              suggest();
            }}
            onFocus={props.onFocus}
            onClick={() => value === '' && suggest()}
            onBlur={close}
            onKeyDown={onKeyDown}
          />
          {value !== '' && (
            <button
              type="button"
              aria-label={trans.__('Clear the filter')}
              onClick={() => {
                onChange('');
                input.current?.focus();
              }}
            >
              <Icon name="close" size={12} />
            </button>
          )}
        </span>
      </div>
      {problem !== null && (
        <pre
          id={`${id}-error`}
          className="jp-mlops-error jp-mlops-filter-error"
          role="alert"
          data-testid="mlops-filter-error"
        >
          {problem}
        </pre>
      )}
      {isOpen &&
        createPortal(
          <ul
            style={placeOf(input.current)}
            ref={list}
            id={`${id}-list`}
            role="listbox"
            className="jp-mlops-suggestions"
            aria-label={trans.__('What can stand next')}
          >
            {found.suggestions.map((one, place) => (
              <li
                key={one.text}
                id={`${id}-${place}`}
                role="option"
                aria-selected={place === at}
                // Before the box loses the focus.
                onMouseDown={event => {
                  event.preventDefault();
                  take(place);
                }}
              >
                <code>{one.text.trim()}</code>
                <span className="jp-mlops-quiet">{one.kind}</span>
              </li>
            ))}
          </ul>,
          document.body
        )}
    </>
  );
}

/** Below the box, in the page's body: an output clips what is longer than itself. */
function placeOf(box: HTMLElement | null): CSSProperties {
  const place = box?.parentElement?.getBoundingClientRect();
  if (place === undefined) {
    return {};
  }
  const { left, bottom, top, width } = place;
  return bottom + 232 < window.innerHeight
    ? { left, minWidth: width, top: bottom + 2 }
    : { left, minWidth: width, bottom: window.innerHeight - top + 2 };
}
