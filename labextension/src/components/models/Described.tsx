import { useId, useState, type KeyboardEvent, type ReactElement } from 'react';
import { Icon } from '../Icon';
import { useTranslation } from '../translation';

interface IProps {
  text: string;
  label: string;
  /** Why it cannot be changed; null when it can. */
  locked: string | null;
  testid: string;
  editing: boolean;
  onEditing(editing: boolean): void;
  /** Whether it was saved. */
  onSave(text: string): Promise<boolean>;
  draw(text: string): ReactElement;
}

/** A description: Markdown as it is drawn, or as it is written. */
export function Described(props: IProps): ReactElement {
  const { text, label, locked, editing, onEditing } = props;
  const trans = useTranslation();
  if (editing && locked === null) {
    return <Editor {...props} />;
  }
  return (
    <div className="jp-mlops-described" data-testid={props.testid}>
      {text !== '' && props.draw(text)}
      <button
        type="button"
        className="jp-mlops-tool"
        disabled={locked !== null}
        title={locked ?? trans.__('Edit the description')}
        aria-label={trans.__('Edit: %1', label)}
        onClick={() => onEditing(true)}
      >
        {text === '' ? (
          <>
            <Icon name="plus" size={12} /> {trans.__('Description')}
          </>
        ) : (
          <Icon name="edit" />
        )}
      </button>
    </div>
  );
}

const LINES = { least: 3, most: 14 };

function Editor({ text, label, testid, onEditing, onSave, draw }: IProps): ReactElement {
  const trans = useTranslation();
  const hintId = useId();
  const [typed, setTyped] = useState(text);
  const [preview, setPreview] = useState(false);
  const [busy, setBusy] = useState(false);
  const save = async (): Promise<void> => {
    setBusy(true);
    const saved = await onSave(typed.trim());
    setBusy(false);
    if (saved) {
      onEditing(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      onEditing(false);
    } else if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) {
      void save();
    } else {
      event.stopPropagation();
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  const rows = Math.min(LINES.most, Math.max(LINES.least, typed.split('\n').length + 1));
  return (
    <div className="jp-mlops-editor" data-testid={`${testid}-editor`}>
      {preview ? (
        <div className="jp-mlops-editor-preview">{draw(typed)}</div>
      ) : (
        <textarea
          className="jp-mlops-input"
          rows={rows}
          value={typed}
          autoFocus
          aria-label={label}
          aria-describedby={hintId}
          onChange={event => setTyped(event.target.value)}
          onKeyDown={onKeyDown}
        />
      )}
      <div className="jp-mlops-sheet-buttons">
        <span id={hintId} className="jp-mlops-quiet jp-mlops-hint">
          {trans.__('Markdown. Ctrl+Enter saves, Escape leaves it as it was.')}
        </span>
        <button type="button" className="jp-mlops-button" onClick={() => setPreview(!preview)}>
          {preview ? trans.__('Write') : trans.__('Preview')}
        </button>
        <button type="button" className="jp-mlops-button" onClick={() => onEditing(false)}>
          {trans.__('Cancel')}
        </button>
        <button
          type="button"
          className="jp-mlops-button"
          data-kind="accept"
          data-testid={`${testid}-save`}
          disabled={busy}
          onClick={() => void save()}
        >
          {trans.__('Save')}
        </button>
      </div>
    </div>
  );
}
