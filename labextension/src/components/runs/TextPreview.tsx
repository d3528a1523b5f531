import { useMemo, useState, type ReactElement } from 'react';
import { Check } from '../Check';
import { said } from '../errors';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { linesWith, numberedLines } from './ansi';
import { Lines } from './Lines';
import type { IFile } from './files';

interface IPart {
  text: string;
  next: number | null;
}

interface IProps {
  path: string;
  first: IPart;
  more(offset: number): Promise<IFile>;
}

/** A text with the numbers of its lines, read on when one asks for more. */
export function TextPreview({ path, first, more }: IProps): ReactElement {
  const trans = useTranslation();
  const [rest, setRest] = useState<IPart[]>([]);
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [wrap, setWrap] = useState(true);
  const [search, setSearch] = useState('');
  const words = search.toLowerCase();
  const next = (rest[rest.length - 1] ?? first).next;
  const lines = useMemo(() => numberedLines([first, ...rest].map(one => one.text).join('')), [first, rest]);
  const found = useMemo(() => linesWith(lines, words), [lines, words]);
  const readOn = (offset: number): void => {
    setBusy(true);
    more(offset)
      .then(
        ({ shown }) => {
          if (shown.kind === 'text') {
            setRest([...rest, shown]);
          }
        },
        (error: unknown) => setProblem(said(error))
      )
      .finally(() => setBusy(false));
  };
  return (
    <>
      <div className="jp-mlops-toolbar">
        <SearchBox
          value={search}
          label={trans.__('Only lines with…')}
          testid="mlops-text-search"
          onChange={setSearch}
        />
        <Check label={trans.__('Wrap')} checked={wrap} onChange={setWrap} />
        <span className="jp-mlops-quiet" role="status">
          {words === ''
            ? trans._n('%1 line', '%1 lines', lines.length)
            : trans.__('%1 of %2 lines', found.length, lines.length)}
        </span>
      </div>
      <Lines label={path} testid="mlops-text-lines" lines={found} wrap={wrap} follow={false} mark={words} />
      <Trouble problem={problem} />
      {next !== null && (
        <p className="jp-mlops-note">
          {trans.__('Only the beginning is shown.')}{' '}
          <button
            type="button"
            className="jp-mlops-link"
            data-testid="mlops-text-more"
            disabled={busy}
            onClick={() => readOn(next)}
          >
            {trans.__('Show more')}
          </button>
        </p>
      )}
    </>
  );
}
