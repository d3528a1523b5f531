import { useState, type ReactElement } from 'react';
import { copyText } from '../clipboard';
import { CopyButton } from '../CopyButton';
import { Popover } from '../Popover';
import { useTranslation } from '../translation';

const LONG = 60;

interface IProps {
  text: string;
  label: string;
}

/** A value in one line; of a long one all of it in a box, when it is clicked. */
export function LongText({ text, label }: IProps): ReactElement {
  const trans = useTranslation();
  const [anchor, setAnchor] = useState<HTMLElement | null>(null);
  if (text.length < LONG && !text.includes('\n')) {
    return <>{text}</>;
  }
  return (
    <>
      <button
        type="button"
        className="jp-mlops-long jp-mlops-clip"
        title={trans.__('Show all of it')}
        aria-haspopup="dialog"
        aria-expanded={anchor !== null}
        onClick={({ currentTarget }) => setAnchor(anchor === null ? currentTarget : null)}
      >
        {text.slice(0, 300)}
      </button>
      {anchor !== null && (
        <Popover label={label} anchor={anchor} width={420} onClose={() => setAnchor(null)}>
          <div className="jp-mlops-long-head">
            <strong className="jp-mlops-clip">{label}</strong>
            <CopyButton text={text} label={trans.__('Copy')} copy={copyText} />
          </div>
          <pre className="jp-mlops-long-text" tabIndex={0}>
            {text}
          </pre>
        </Popover>
      )}
    </>
  );
}
