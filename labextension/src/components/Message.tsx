import type { ReactElement } from 'react';
import { useTranslation } from './translation';

interface IProps {
  title: string;
  text: string;
  command?: string | undefined;
  onRetry?: () => void;
}

/** Says in the middle of an empty place why it is empty and what to do. */
export function Message({ title, text, command, onRetry }: IProps): ReactElement {
  const trans = useTranslation();
  return (
    <div className="jp-mlops-message" role="status">
      <strong>{title}</strong>
      <span>{text}</span>
      {command !== undefined && <code>{command}</code>}
      {onRetry && (
        <button type="button" className="jp-mlops-button" onClick={onRetry}>
          {trans.__('Try again')}
        </button>
      )}
    </div>
  );
}
