import type { ReactElement } from 'react';
import { Icon } from '../Icon';
import { useMenu, type IMenuItem } from '../Menu';
import { stageItems } from '../StageMenu';
import { stageLabel } from '../stages';
import { useTranslation } from '../translation';
import type { Stage } from '../types';
import { aliasItems, tryItems } from '../versionItems';
import type { IVersionRow } from './types';

interface IProps {
  row: IVersionRow;
  /** Why nothing can be changed; null when it can. */
  locked: string | null;
  tabIndex: number;
  onTry: (() => void) | undefined;
  onStage(stage: Stage): void;
  onAlias(): void;
  onRemoveAlias(alias: string): void;
  onDescribe(): void;
}

/** Everything that can be done with a version. */
export function VersionMenu(props: IProps): ReactElement {
  const { row, locked } = props;
  const trans = useTranslation();
  const label = (stage: Stage): string => {
    if (stage === row.stage) {
      return stageLabel(stage, trans);
    }
    return stage === 'None'
      ? trans.__('Take out of its stage…')
      : trans.__('Move to %1…', stageLabel(stage, trans));
  };
  const items: IMenuItem[] = [
    ...tryItems(props.onTry, trans),
    ...stageItems(row.stage, label, props.onStage),
    ...aliasItems(row.aliases, { ...props, first: true }, trans),
    {
      id: 'describe',
      label: trans.__('Edit description and tags'),
      first: true,
      testid: 'mlops-describe',
      choose: props.onDescribe
    }
  ];
  const name = trans.__('Version %1', row.version);
  const { button, isOpen, toggle, menu } = useMenu(name, items);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="jp-mlops-tool jp-mlops-version-menu"
        data-testid="mlops-version-menu"
        tabIndex={props.tabIndex}
        disabled={locked !== null}
        title={locked ?? trans.__('What can be done with version %1', row.version)}
        aria-label={name}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onClick={event => {
          event.stopPropagation();
          toggle();
        }}
      >
        <Icon name="dots" size={16} />
      </button>
      {menu}
    </>
  );
}
