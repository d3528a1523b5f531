import { useEffect, useState, type ReactElement } from 'react';
import { places } from '../addresses';
import { StageBadge } from '../Badges';
import { Caret } from '../Caret';
import { MoveSheet, movedText, type IMoveWish } from '../moves/MoveSheet';
import { StatusLine } from '../StatusLine';
import type { IMove } from '../moves/types';
import { Trouble } from '../Trouble';
import { useActions } from '../useActions';
import { said } from '../errors';
import { useTranslation } from '../translation';
import type { IModel, IVersion } from '../types';
import type { IPanelHost, IStoreHost } from './types';
import { VersionRow } from './VersionRow';

interface IProps {
  model: IModel;
  host: IStoreHost;
  panel: IPanelHost;
  now: number;
  refresh: number;
  tabIndex: number;
  open: boolean;
  onToggle(): void;
  onMoved(): void;
}

export function ModelItem({ model, open, tabIndex, onToggle, ...rest }: IProps): ReactElement {
  const trans = useTranslation();
  const staged = model.latest.filter(
    version => version.stage === 'Production' || version.stage === 'Staging'
  );
  return (
    <div className="jp-mlops-item" data-testid="mlops-model" data-model={model.name} data-open={open}>
      <button
        type="button"
        className="jp-mlops-item-button jp-mlops-model-button"
        tabIndex={tabIndex}
        aria-expanded={open}
        onClick={onToggle}
      >
        <Caret />
        <span className="jp-mlops-item-name" title={model.name}>
          {model.name}
        </span>
        <span className="jp-mlops-badges">
          {staged.map(version => (
            <StageBadge key={version.stage} stage={version.stage} version={version.version} />
          ))}
          {model.aliases.map(({ alias, version }) => (
            <span key={alias} className="jp-mlops-alias" title={trans.__('Alias of version %1', version)}>
              @{alias} v{version}
            </span>
          ))}
        </span>
      </button>
      {open && <Versions model={model} {...rest} />}
    </div>
  );
}

type IVersionsProps = Pick<IProps, 'model' | 'host' | 'panel' | 'now' | 'refresh' | 'onMoved'>;

function Versions({ model, host, panel, now, refresh, onMoved }: IVersionsProps): ReactElement {
  const trans = useTranslation();
  const [versions, setVersions] = useState<IVersion[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const [wish, setWish] = useState<IMoveWish | null>(null);
  const actions = useActions();
  const { open } = panel.surroundings();
  useEffect(() => {
    let late = false;
    host.versions(model.name).then(
      found => !late && setVersions(found),
      (error: unknown) => !late && setProblem(said(error))
    );
    return () => {
      late = true;
    };
  }, [host, model.name, refresh]);

  const moved = (move: IMove): void => {
    setWish(null);
    actions.say({ kind: 'done', text: movedText(move, trans), undo: true });
    onMoved();
  };
  const wishOf = ({ version, stage }: IVersion): Omit<IMoveWish, 'stage'> => ({
    name: model.name,
    version,
    from: stage,
    alias: null
  });
  const undo = async (): Promise<void> => {
    if (await actions.run(() => host.undoMove(model.name), trans.__('The last move is undone'))) {
      onMoved();
    }
  };

  return (
    <div className="jp-mlops-details">
      {open !== null && (
        <button
          type="button"
          className="jp-mlops-link"
          data-testid="mlops-model-open"
          onClick={() => open(host.key, places.model(model.name))}
        >
          {trans.__('Open the model')}
        </button>
      )}
      {model.description !== '' && <p className="jp-mlops-description">{model.description}</p>}
      <Trouble problem={problem} />
      {versions?.length === 0 && <p className="jp-mlops-quiet">{trans.__('No versions yet')}</p>}
      <StatusLine actions={actions} onUndo={() => void undo()} />
      {wish !== null && (
        <MoveSheet
          key={`${wish.version} ${wish.stage ?? ''}`}
          host={host}
          wish={wish}
          aliases={model.aliases.map(one => one.alias)}
          onDone={moved}
          onCancel={() => setWish(null)}
        />
      )}
      <ul className="jp-mlops-versions" aria-label={trans.__('Versions of %1', model.name)}>
        {(versions ?? []).map(version => (
          <VersionRow
            key={version.version}
            version={version}
            now={now}
            onStage={stage => setWish({ ...wishOf(version), stage })}
            onAlias={() => setWish({ ...wishOf(version), stage: null })}
            onRemoveAlias={alias =>
              void actions
                .run(
                  () => host.act('remove_alias', { name: model.name, alias }),
                  trans.__('@%1 is removed', alias),
                  true
                )
                .then(isDone => isDone && onMoved())
            }
            onTry={
              open === null
                ? null
                : () =>
                    open(host.key, places.model(version.name, { tab: 'predict', versions: version.version }))
            }
            onOpenRun={
              open !== null && version.runId !== '' ? () => open(host.key, places.run(version.runId)) : null
            }
          />
        ))}
      </ul>
    </div>
  );
}
