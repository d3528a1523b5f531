import { useEffect, useRef, useState, type ReactElement } from 'react';
import { useTranslation } from '../translation';

interface IProps {
  label: string;
  value: string;
  /** A tag's name as well, where it is a new one. */
  asksKey?: boolean;
  isLong?: boolean;
  onSave(value: string, key: string): void;
  onRemove?: (() => void) | undefined;
  onClose(): void;
}

/** A note or a tag to write; Enter saves, Shift with it begins a line. */
export function EditText({ label, value, asksKey, isLong, onSave, onRemove, onClose }: IProps): ReactElement {
  const trans = useTranslation();
  const [text, setText] = useState(value);
  const [key, setKey] = useState('');
  const place = useRef<HTMLTextAreaElement>(null);
  useEffect(() => place.current?.select(), []);
  const canSave = (text !== value || asksKey === true) && (asksKey !== true || key.trim() !== '');
  const save = (): void => {
    onClose();
    if (canSave) {
      onSave(text, key.trim());
    }
  };
  return (
    <form
      className="jp-mlops-edit-text"
      onSubmit={event => {
        event.preventDefault();
        save();
      }}
    >
      {asksKey === true && (
        <input
          className="jp-mlops-input"
          value={key}
          placeholder={trans.__('Name of the tag')}
          aria-label={trans.__('Name of the tag')}
          data-testid="mlops-tag-key"
          onChange={event => setKey(event.target.value)}
        />
      )}
      <textarea
        ref={place}
        className="jp-mlops-input"
        rows={isLong === true ? 6 : 2}
        value={text}
        aria-label={label}
        placeholder={isLong === true ? trans.__('Markdown') : undefined}
        data-testid="mlops-edit-text"
        onChange={event => setText(event.target.value)}
        onKeyDown={event => {
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault();
            save();
          }
        }}
      />
      <div className="jp-mlops-buttons">
        {onRemove !== undefined && (
          <button
            type="button"
            className="jp-mlops-link"
            onClick={() => {
              onClose();
              onRemove();
            }}
          >
            {trans.__('Remove')}
          </button>
        )}
        <button type="button" className="jp-mlops-button" onClick={onClose}>
          {trans.__('Cancel')}
        </button>
        <button type="submit" className="jp-mlops-button" data-kind="accept" disabled={!canSave}>
          {trans.__('Save')}
        </button>
      </div>
    </form>
  );
}
