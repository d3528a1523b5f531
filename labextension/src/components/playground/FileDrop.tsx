import { useRef, useState, type DragEvent, type ReactElement, type ReactNode } from 'react';

interface IProps {
  accept: string;
  label: string;
  testid: string;
  disabled: boolean;
  children: ReactNode;
  onFile(file: File): void;
}

/** A place to drop a file on; a click opens the browser's chooser. */
export function FileDrop({ accept, label, testid, disabled, children, onFile }: IProps): ReactElement {
  const chooser = useRef<HTMLInputElement>(null);
  const [over, setOver] = useState(false);
  const drag = (event: DragEvent, now: boolean): void => {
    event.preventDefault();
    event.stopPropagation();
    setOver(now && !disabled);
  };
  return (
    <div
      className="jp-mlops-drop"
      data-testid={testid}
      data-over={over || undefined}
      onDragEnter={event => drag(event, true)}
      onDragOver={event => drag(event, true)}
      onDragLeave={event => drag(event, false)}
      onDrop={event => {
        drag(event, false);
        const file = event.dataTransfer.files[0];
        if (file && !disabled) {
          onFile(file);
        }
      }}
    >
      <button type="button" disabled={disabled} aria-label={label} onClick={() => chooser.current?.click()}>
        {children}
      </button>
      <input
        ref={chooser}
        type="file"
        accept={accept}
        hidden
        onChange={event => {
          const file = event.target.files?.[0];
          event.target.value = '';
          if (file) {
            onFile(file);
          }
        }}
      />
    </div>
  );
}
