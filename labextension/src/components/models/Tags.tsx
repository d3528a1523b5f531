import { useState, type KeyboardEvent, type ReactElement } from 'react';
import { Icon } from '../Icon';
import { useTranslation } from '../translation';
import type { IEntry } from '../types';

interface IProps {
  tags: IEntry[];
  /** Why they cannot be changed; null when they can. */
  locked: string | null;
  onSet(key: string, value: string): Promise<boolean>;
  onDelete(key: string): void;
}

/** Tags as chips: one click changes a value, another takes the tag away. */
export function Tags({ tags, locked, onSet, onDelete }: IProps): ReactElement {
  const trans = useTranslation();
  const [edited, setEdited] = useState<string | null>(null);
  const [adding, setAdding] = useState(false);
  const save = async (key: string, value: string): Promise<void> => {
    if (await onSet(key, value)) {
      setEdited(null);
      setAdding(false);
    }
  };
  return (
    <ul className="jp-mlops-tags" aria-label={trans.__('Tags')}>
      {tags.map(({ key, value }) => (
        <li key={key} className="jp-mlops-tag" data-testid="mlops-tag" data-key={key}>
          {edited === key ? (
            <TagForm tag={{ key, value }} onSave={save} onCancel={() => setEdited(null)} />
          ) : (
            <>
              <button
                type="button"
                className="jp-mlops-tag-text"
                disabled={locked !== null}
                title={locked ?? trans.__('Change the tag %1: %2', key, value)}
                onClick={() => setEdited(key)}
              >
                <span className="jp-mlops-quiet">{key}</span>
                <span className="jp-mlops-clip">{value}</span>
              </button>
              {locked === null && (
                <button
                  type="button"
                  className="jp-mlops-tool"
                  aria-label={trans.__('Remove the tag %1', key)}
                  title={trans.__('Remove the tag %1', key)}
                  onClick={() => onDelete(key)}
                >
                  <Icon name="close" size={10} />
                </button>
              )}
            </>
          )}
        </li>
      ))}
      <li>
        {adding ? (
          <TagForm tag={null} onSave={save} onCancel={() => setAdding(false)} />
        ) : (
          <button
            type="button"
            className="jp-mlops-tool"
            data-testid="mlops-tag-add"
            disabled={locked !== null}
            title={locked ?? trans.__('Add a tag')}
            onClick={() => setAdding(true)}
          >
            <Icon name="plus" size={12} /> {trans.__('Tag')}
          </button>
        )}
      </li>
    </ul>
  );
}

interface IForm {
  /** Null for a new one. */
  tag: IEntry | null;
  onSave(key: string, value: string): Promise<void>;
  onCancel(): void;
}

function TagForm({ tag, onSave, onCancel }: IForm): ReactElement {
  const trans = useTranslation();
  const [key, setKey] = useState(tag?.key ?? '');
  const [value, setValue] = useState(tag?.value ?? '');
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      onCancel();
    } else if (event.key === 'Enter' && key.trim() !== '') {
      void onSave(key.trim(), value);
    } else {
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className="jp-mlops-tag-form" role="group" aria-label={trans.__('Tag')} onKeyDown={onKeyDown}>
      {tag === null ? (
        <input
          type="text"
          className="jp-mlops-input"
          data-testid="mlops-tag-key"
          value={key}
          autoFocus
          placeholder={trans.__('key')}
          aria-label={trans.__('Key')}
          onChange={event => setKey(event.target.value)}
        />
      ) : (
        <span className="jp-mlops-quiet">{tag.key}</span>
      )}
      <input
        type="text"
        className="jp-mlops-input"
        data-testid="mlops-tag-value"
        value={value}
        autoFocus={tag !== null}
        placeholder={trans.__('value')}
        aria-label={trans.__('Value of the tag')}
        onChange={event => setValue(event.target.value)}
      />
      <button
        type="button"
        className="jp-mlops-tool"
        data-testid="mlops-tag-save"
        aria-label={trans.__('Save')}
        disabled={key.trim() === ''}
        onClick={() => void onSave(key.trim(), value)}
      >
        <Icon name="pass" />
      </button>
      <button type="button" className="jp-mlops-tool" aria-label={trans.__('Cancel')} onClick={onCancel}>
        <Icon name="close" size={12} />
      </button>
    </span>
  );
}
