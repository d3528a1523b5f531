import type { ReactElement } from 'react';
import { formatAgo, formatTime } from '../formats';
import { useTranslation } from '../translation';
import type { IVersion, Stage } from '../types';
import { StageMenu } from '../StageMenu';

interface IProps {
  version: IVersion;
  now: number;
  onStage(stage: Stage): void;
}

export function VersionRow({ version, now, onStage }: IProps): ReactElement {
  const trans = useTranslation();
  const { created, aliases } = version;
  return (
    <li
      className="jp-mlops-version"
      data-testid="mlops-version"
      data-version={version.version}
      data-stage={version.stage}
    >
      <span className="jp-mlops-version-number" title={version.description || undefined}>
        {trans.__('v%1', version.version)}
      </span>
      <StageMenu version={version.version} stage={version.stage} onStage={onStage} />
      <span className="jp-mlops-item-when" title={created === null ? undefined : formatTime(created)}>
        {created === null ? '' : formatAgo(created, now, trans)}
      </span>
      {aliases.length > 0 && (
        <span
          className="jp-mlops-version-aliases jp-mlops-clip"
          title={aliases.map(one => `@${one}`).join(' ')}
        >
          {aliases.map(alias => (
            <span key={alias} className="jp-mlops-alias">
              @{alias}
            </span>
          ))}
        </span>
      )}
    </li>
  );
}
