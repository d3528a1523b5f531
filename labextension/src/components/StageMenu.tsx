import type { ReactElement } from 'react';
import { useMenu, type IMenuItem } from './Menu';
import { stageLabel } from './stages';
import { useTranslation } from './translation';
import { STAGES, type Stage } from './types';

interface IProps {
  version: string;
  stage: Stage;
  tabIndex?: number;
  onStage(stage: Stage): void;
}

/** One item for each stage. */
export function stageItems(
  current: Stage,
  label: (stage: Stage) => string,
  choose: (stage: Stage) => void
): IMenuItem[] {
  return STAGES.map(stage => ({
    id: stage,
    label: label(stage),
    mark: <span className="jp-mlops-dot" data-stage={stage} aria-hidden="true" />,
    checked: stage === current,
    testid: 'mlops-stage-option',
    data: { 'data-stage': stage },
    choose: () => choose(stage)
  }));
}

/** The stage of a version as a button that opens the other stages. */
export function StageMenu({ version, stage, tabIndex, onStage }: IProps): ReactElement {
  const trans = useTranslation();
  const items = stageItems(stage, one => stageLabel(one, trans), onStage);
  const { button, isOpen, toggle, menu } = useMenu(trans.__('Move to stage'), items);
  return (
    <>
      <button
        ref={button}
        type="button"
        className="jp-mlops-badge jp-mlops-stage"
        tabIndex={tabIndex}
        data-testid="mlops-stage"
        data-stage={stage}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={trans.__('Stage of version %1: %2', version, stageLabel(stage, trans))}
        onClick={event => {
          event.stopPropagation();
          toggle();
        }}
      >
        {stageLabel(stage, trans)}
        <svg viewBox="0 0 16 16" width="10" height="10" aria-hidden="true">
          <path d="M4 6l4 4 4-4" />
        </svg>
      </button>
      {menu}
    </>
  );
}
