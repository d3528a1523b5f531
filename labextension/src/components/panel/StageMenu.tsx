import { useEffect, useRef, useState, type KeyboardEvent, type ReactElement } from 'react';
import { createPortal } from 'react-dom';
import { useTranslation } from '../translation';
import { STAGES, type IVersion, type Stage } from '../types';
import { stageLabel } from './stages';

const MENU_HEIGHT = 124;

interface IPlace {
  left: number;
  top: number;
}

/** The stage of a version as a button that opens the other stages. */
export function StageMenu({
  version,
  onStage
}: {
  version: IVersion;
  onStage(stage: Stage): void;
}): ReactElement {
  const trans = useTranslation();
  const button = useRef<HTMLButtonElement>(null);
  const [place, setPlace] = useState<IPlace | null>(null);
  const open = (): void => {
    const box = button.current?.getBoundingClientRect();
    if (box) {
      const below = box.bottom + MENU_HEIGHT < window.innerHeight;
      setPlace({ left: box.left, top: below ? box.bottom + 2 : box.top - MENU_HEIGHT - 2 });
    }
  };
  const close = (): void => {
    setPlace(null);
    button.current?.focus();
  };
  return (
    <>
      <button
        ref={button}
        type="button"
        className="jp-mlops-badge jp-mlops-stage"
        data-testid="mlops-stage"
        data-stage={version.stage}
        aria-haspopup="menu"
        aria-expanded={place !== null}
        aria-label={trans.__('Stage of version %1: %2', version.version, stageLabel(version.stage, trans))}
        onClick={() => (place === null ? open() : close())}
      >
        {stageLabel(version.stage, trans)}
        <svg viewBox="0 0 16 16" width="10" height="10" aria-hidden="true">
          <path d="M4 6l4 4 4-4" />
        </svg>
      </button>
      {place !== null && (
        <Menu
          place={place}
          current={version.stage}
          onClose={close}
          onChoose={stage => {
            close();
            onStage(stage);
          }}
        />
      )}
    </>
  );
}

interface IMenu {
  place: IPlace;
  current: Stage;
  onClose(): void;
  onChoose(stage: Stage): void;
}

/** In the page's body: the panel clips what is longer than itself. */
function Menu({ place, current, onClose, onChoose }: IMenu): ReactElement {
  const trans = useTranslation();
  const menu = useRef<HTMLDivElement>(null);
  const latest = useRef(onClose);
  latest.current = onClose;
  useEffect(() => {
    menu.current?.querySelector<HTMLElement>('[role=menuitemradio]:not([aria-disabled=true])')?.focus();
    const outside = (event: Event): void => {
      if (!(event.target instanceof Node && menu.current?.contains(event.target) === true)) {
        latest.current();
      }
    };
    document.addEventListener('pointerdown', outside, true);
    document.addEventListener('scroll', outside, true);
    return () => {
      document.removeEventListener('pointerdown', outside, true);
      document.removeEventListener('scroll', outside, true);
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const items = [...(menu.current?.querySelectorAll<HTMLElement>('[role=menuitemradio]') ?? [])];
    const at = items.findIndex(item => item === document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step !== undefined) {
      items[(at + step + items.length) % items.length]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      onClose();
    } else {
      return;
    }
    event.preventDefault();
    event.stopPropagation();
  };
  return createPortal(
    <div
      ref={menu}
      role="menu"
      className="jp-mlops-menu"
      style={place}
      aria-label={trans.__('Move to stage')}
      onKeyDown={onKeyDown}
    >
      {STAGES.map(stage => (
        <button
          key={stage}
          type="button"
          role="menuitemradio"
          aria-checked={stage === current}
          aria-disabled={stage === current}
          data-testid="mlops-stage-option"
          data-stage={stage}
          onClick={() => stage !== current && onChoose(stage)}
        >
          <span className="jp-mlops-dot" data-stage={stage} aria-hidden="true" />
          {stageLabel(stage, trans)}
        </button>
      ))}
    </div>,
    document.body
  );
}
