import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { IModel, IStoreHost, IVersion, Stage } from '../types';
import { stageLabel } from '../stages';
import { VersionRow } from './VersionRow';

interface IProps {
  model: IModel;
  host: IStoreHost;
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
        <svg className="jp-mlops-caret" viewBox="0 0 16 16" width="12" height="12" aria-hidden="true">
          <path d="M6 4l4 4-4 4" />
        </svg>
        <span className="jp-mlops-item-name" title={model.name}>
          {model.name}
        </span>
        <span className="jp-mlops-badges">
          {staged.map(version => (
            <span key={version.stage} className="jp-mlops-badge" data-stage={version.stage}>
              {trans.__('%1 v%2', stageLabel(version.stage, trans), version.version)}
            </span>
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

type IVersionsProps = Pick<IProps, 'model' | 'host' | 'now' | 'refresh' | 'onMoved'>;

function Versions({ model, host, now, refresh, onMoved }: IVersionsProps): ReactElement {
  const trans = useTranslation();
  const [versions, setVersions] = useState<IVersion[] | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
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

  const move = async (version: IVersion, to: Stage): Promise<void> => {
    const occupants = (versions ?? [])
      .filter(one => one.stage === to && one.version !== version.version)
      .map(one => one.version);
    const change = { model: model.name, version: version.version, from: version.stage, to, occupants };
    try {
      const answer = await host.confirmStage(change);
      if (answer !== null) {
        await host.moveStage(change, answer.archive);
        setProblem(null);
        onMoved();
      }
    } catch (error) {
      setProblem(said(error));
    }
  };

  return (
    <div className="jp-mlops-details">
      {model.description !== '' && <p className="jp-mlops-description">{model.description}</p>}
      {problem !== null && (
        <div className="jp-mlops-error" role="alert">
          {problem}
        </div>
      )}
      {versions?.length === 0 && <p className="jp-mlops-quiet">{trans.__('No versions yet')}</p>}
      <ul className="jp-mlops-versions" aria-label={trans.__('Versions of %1', model.name)}>
        {(versions ?? []).map(version => (
          <VersionRow
            key={version.version}
            version={version}
            now={now}
            onStage={stage => void move(version, stage)}
          />
        ))}
      </ul>
    </div>
  );
}

function said(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
