import {
  useEffect,
  useId,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type RefObject
} from 'react';
import { AliasBadge, StageBadge } from '../Badges';
import { Check } from '../Check';
import { said } from '../errors';
import { stageLabel } from '../stages';
import { useTranslation, type ITranslate } from '../translation';
import type { Stage } from '../types';
import { useAnswer } from '../useAnswer';
import { useSettled } from '../useSettled';
import type { IMove, IMoveHost, IPreview } from './types';
import { Verdicts } from './Verdicts';

/** What shall be moved: to a stage, or to an alias that is typed here when it is null. */
export interface IMoveWish {
  name: string;
  version: string;
  from: Stage;
  stage: Stage | null;
  alias: string | null;
}

interface IProps {
  host: IMoveHost;
  wish: IMoveWish;
  /** Aliases of the model, to choose from. */
  aliases: string[];
  onDone(move: IMove): void;
  onCancel(): void;
}

/** Says what will happen before it happens: from where to where, who must leave, and what the gates say. */
export function MoveSheet({ host, wish, aliases, onDone, onCancel }: IProps): ReactElement {
  const trans = useTranslation();
  const titleId = useId();
  const [typed, setTyped] = useState(wish.alias ?? '');
  const [archive, setArchive] = useState(true);
  const [comment, setComment] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const [tries, setTries] = useState(0);
  const settled = useSettled(typed).trim();
  const alias = wish.stage === null ? typed.trim() : null;
  const isWhole = alias !== '' && (alias === null || alias === settled);
  const move: IMove = { name: wish.name, version: wish.version, stage: wish.stage, alias };
  const about = `${move.version} ${move.stage ?? ''} ${alias ?? ''}`;
  const answer = useAnswer(isWhole ? () => host.preview(move) : null, about, tries);
  const preview = answer.data;
  const failed = preview?.passed === false;
  const needsComment = failed && comment.trim() === '';
  const place = useFocusInside();

  const go = async (): Promise<void> => {
    if (preview === null || needsComment || busy) {
      return;
    }
    setBusy(true);
    setProblem(null);
    try {
      await host.move(move, { archive, comment: comment.trim(), force: failed });
      onDone(move);
    } catch (error) {
      // A gate may have been added, or the metric may have changed: what is shown is old now.
      setProblem(said(error));
      setTries(count => count + 1);
      setBusy(false);
    }
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.key === 'Escape') {
      onCancel();
    } else if (event.key === 'Enter' && event.target instanceof HTMLInputElement) {
      void go();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };

  return (
    <section
      ref={place}
      role="dialog"
      className="jp-mlops-sheet"
      data-testid="mlops-move"
      aria-labelledby={titleId}
      aria-busy={answer.pending || busy}
      onKeyDown={onKeyDown}
    >
      <h3 id={titleId}>
        {wish.stage === null
          ? trans.__('Set an alias to version %1', wish.version)
          : trans.__('Move version %1 of %2', wish.version, wish.name)}
      </h3>
      {wish.stage === null ? (
        <AliasChoice
          typed={typed}
          aliases={aliases}
          fixed={wish.alias !== null}
          version={wish.version}
          holder={preview?.holder ?? null}
          onTyped={setTyped}
        />
      ) : (
        <p className="jp-mlops-from-to">
          <StageBadge stage={wish.from} />
          <span aria-label={trans.__('to')}>→</span>
          <StageBadge stage={wish.stage} />
        </p>
      )}
      {preview !== null && wish.stage !== null && preview.archives.length > 0 && (
        <Check
          label={trans._n(
            'Archive the version now in %2: version %3',
            'Archive the versions now in %2: versions %3',
            preview.archives.length,
            stageLabel(wish.stage, trans),
            preview.archives.join(', ')
          )}
          checked={archive}
          testid="mlops-archive"
          onChange={setArchive}
        />
      )}
      <Gates preview={preview} pending={answer.pending && isWhole} />
      {(answer.problem ?? problem) !== null && (
        <div className="jp-mlops-error" role="alert">
          {problem ?? answer.problem}
        </div>
      )}
      <label className="jp-mlops-sheet-field">
        <span>{failed ? trans.__('Why it is moved all the same (needed)') : trans.__('Comment')}</span>
        <input
          type="text"
          className="jp-mlops-input"
          data-testid="mlops-move-comment"
          value={comment}
          aria-required={failed}
          placeholder={failed ? '' : trans.__('Kept in the history')}
          onChange={event => setComment(event.target.value)}
        />
      </label>
      <div className="jp-mlops-sheet-buttons">
        <button type="button" className="jp-mlops-button" onClick={onCancel}>
          {trans.__('Cancel')}
        </button>
        <button
          type="button"
          className="jp-mlops-button"
          data-kind={failed ? 'warn' : 'accept'}
          data-testid="mlops-move-ok"
          disabled={preview === null || needsComment || busy}
          title={needsComment ? trans.__('Say why first: a gate refuses this move.') : undefined}
          onClick={() => void go()}
        >
          {failed
            ? trans.__('Force')
            : wish.stage === null
              ? trans.__('Set alias')
              : trans.__('Move to %1', stageLabel(wish.stage, trans))}
        </button>
      </div>
    </section>
  );
}

/** What a move that was made has led to. */
export function movedText({ version, stage, alias }: IMove, trans: ITranslate): string {
  if (stage === null) {
    return trans.__('@%1 is version %2', alias ?? '', version);
  }
  return stage === 'None'
    ? trans.__('Version %1 has no stage', version)
    : trans.__('Version %1 is in %2', version, stageLabel(stage, trans));
}

/** The sheet comes into sight and takes the focus; afterwards that goes back to where it was. */
function useFocusInside(): RefObject<HTMLElement> {
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    place.current?.querySelector<HTMLElement>('input[type=text]')?.focus({ preventScroll: true });
    place.current?.scrollIntoView({ block: 'nearest' });
    return () => {
      if (before instanceof HTMLElement) {
        before.focus({ preventScroll: true });
      }
    };
  }, []);
  return place;
}

function Gates({ preview, pending }: { preview: IPreview | null; pending: boolean }): ReactElement | null {
  const trans = useTranslation();
  if (preview === null) {
    return pending ? <p className="jp-mlops-quiet">{trans.__('Asking the gates…')}</p> : null;
  }
  return preview.verdicts.length === 0 ? (
    <p className="jp-mlops-quiet">{trans.__('No gate stands here.')}</p>
  ) : (
    <Verdicts verdicts={preview.verdicts} />
  );
}

interface IAliasChoice {
  typed: string;
  aliases: string[];
  fixed: boolean;
  version: string;
  holder: string | null;
  onTyped(typed: string): void;
}

function AliasChoice({ typed, aliases, fixed, version, holder, onTyped }: IAliasChoice): ReactElement {
  const trans = useTranslation();
  const listId = useId();
  const name = typed.trim();
  const offered = [...new Set([...aliases, 'champion', 'challenger'])];
  return (
    <div className="jp-mlops-from-to">
      {!fixed && (
        <>
          <label className="jp-mlops-alias-input">
            <span aria-hidden="true">@</span>
            <input
              type="text"
              className="jp-mlops-input"
              data-testid="mlops-move-alias"
              list={listId}
              value={typed}
              placeholder={trans.__('alias')}
              aria-label={trans.__('Alias')}
              spellCheck={false}
              onChange={event => onTyped(event.target.value.replace(/^@/, ''))}
            />
          </label>
          <datalist id={listId}>
            {offered.map(one => (
              <option key={one} value={one} />
            ))}
          </datalist>
        </>
      )}
      {fixed && name !== '' && <AliasBadge alias={name} />}
      {holder !== null && holder !== version && (
        <>
          <span>{trans.__('version %1', holder)}</span>
          <span aria-label={trans.__('to')}>→</span>
          <span>{trans.__('version %1', version)}</span>
        </>
      )}
      {holder === version && (
        <span className="jp-mlops-quiet">{trans.__('points at this version already')}</span>
      )}
    </div>
  );
}
