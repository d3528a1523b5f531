import type { ReactElement } from 'react';
import { Icon } from './Icon';
import { useTranslation } from './translation';

interface IProps {
  value: string;
  label: string;
  testid: string;
  invalid?: boolean;
  describedBy?: string | undefined;
  onChange(value: string): void;
  onEnter?(): void;
}

export function SearchBox(props: IProps): ReactElement {
  const trans = useTranslation();
  return (
    <span className="jp-mlops-search" data-invalid={props.invalid === true || undefined}>
      <SearchIcon />
      <input
        type="text"
        className="jp-mlops-search-input"
        value={props.value}
        placeholder={props.label}
        aria-label={props.label}
        aria-invalid={props.invalid === true}
        aria-describedby={props.describedBy}
        data-testid={props.testid}
        spellCheck={false}
        autoComplete="off"
        onChange={event => props.onChange(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Escape' && props.value !== '') {
            props.onChange('');
            event.stopPropagation();
          } else if (event.key === 'Enter') {
            props.onEnter?.();
          }
        }}
      />
      {props.value !== '' && (
        <button type="button" aria-label={trans.__('Clear')} onClick={() => props.onChange('')}>
          <Icon name="close" size={12} />
        </button>
      )}
    </span>
  );
}

export function SearchIcon(): ReactElement {
  return (
    <svg viewBox="0 0 16 16" width="14" height="14" aria-hidden="true">
      <circle cx="7" cy="7" r="4.5" />
      <path d="M10.5 10.5L14 14" />
    </svg>
  );
}
