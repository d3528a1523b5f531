import type { ReactElement } from 'react';
import { formatAgo, formatTime } from '../formats';
import { Icon } from '../Icon';
import { useMenu, type IMenuItem } from '../Menu';
import { useTranslation } from '../translation';
import type { IVersion, Stage } from '../types';
import { StageMenu } from '../StageMenu';
import { aliasItems, tryItems } from '../versionItems';

interface IProps {
  version: IVersion;
  now: number;
  onStage(stage: Stage): void;
  onAlias(): void;
  onRemoveAlias(alias: string): void;
  /** Null where there is no place for it. */
  onTry: (() => void) | null;
  onOpenRun: (() => void) | null;
}

export function VersionRow({
  version,
  now,
  onStage,
  onAlias,
  onRemoveAlias,
  onTry,
  onOpenRun
}: IProps): ReactElement {
  const trans = useTranslation();
  const { created, aliases } = version;
  const items: IMenuItem[] = [
    ...tryItems(onTry ?? undefined, trans),
    ...aliasItems(aliases, { onAlias, onRemoveAlias }, trans),
    ...(onOpenRun === null
      ? []
      : [{ id: 'run', label: trans.__('Open its run'), first: true, choose: onOpenRun }])
  ];
  const { button, isOpen, toggle, menu } = useMenu(trans.__('Version %1', version.version), items);
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
      <button
        ref={button}
        type="button"
        className="jp-mlops-tool"
        aria-label={trans.__('More of version %1', version.version)}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        data-testid="mlops-version-menu"
        onClick={toggle}
      >
        <Icon name="dots" />
      </button>
      {menu}
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
