import {
  useEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type RefObject
} from 'react';
import { createPortal } from 'react-dom';
import { useOutside } from './useOutside';

export interface IMenuItem {
  id: string;
  label: string;
  /** Drawn before the label. */
  mark?: ReactNode;
  /** One of several of which one holds: it is marked, and choosing it does nothing. */
  checked?: boolean;
  /** A line above it. */
  first?: boolean;
  testid?: string;
  data?: { [name: string]: string };
  choose(): void;
}

interface IPlace {
  left: number;
  top: number;
}

interface IMenu {
  button: RefObject<HTMLButtonElement>;
  isOpen: boolean;
  toggle(): void;
  /** The menu while it is open. */
  menu: ReactElement | null;
}

const ITEM_HEIGHT = 28;
const PADDING = 12;
const WIDTH = 200;

interface IMenuAt {
  /** At the point of a mouse, where there is one. */
  open(element: HTMLElement, label: string, items: IMenuItem[], at?: { x: number; y: number }): void;
  menu: ReactElement | null;
}

/** A menu beside whatever it is opened for. */
export function useMenuAt(): IMenuAt {
  const anchor = useRef<HTMLElement | null>(null);
  const [shown, setShown] = useState<{ label: string; items: IMenuItem[]; place: IPlace } | null>(null);
  return {
    open: (element, label, items, at) => {
      anchor.current = element;
      const box = at === undefined ? element.getBoundingClientRect() : new DOMRect(at.x, at.y, 0, 0);
      setShown({ label, items, place: placeBy(box, items.length) });
    },
    menu: shown && (
      <Menu
        {...shown}
        button={anchor}
        onClose={() => {
          setShown(null);
          anchor.current?.closest<HTMLElement>('[role=grid], [role=tree]')?.focus({ preventScroll: true });
        }}
      />
    )
  };
}

function placeBy(box: DOMRect, count: number): IPlace {
  const height = count * ITEM_HEIGHT + PADDING;
  const below = box.bottom + height < window.innerHeight;
  return {
    left: Math.min(box.left, window.innerWidth - WIDTH),
    top: below ? box.bottom + 2 : Math.max(4, box.top - height - 2)
  };
}

/** A button's menu. */
export function useMenu(label: string, items: IMenuItem[]): IMenu {
  const button = useRef<HTMLButtonElement>(null);
  const [place, setPlace] = useState<IPlace | null>(null);
  const close = (): void => {
    setPlace(null);
    button.current?.focus();
  };
  const open = (): void => {
    if (button.current) {
      setPlace(placeBy(button.current.getBoundingClientRect(), items.length));
    }
  };
  return {
    button,
    isOpen: place !== null,
    toggle: () => (place === null ? open() : close()),
    menu: place && <Menu label={label} items={items} place={place} button={button} onClose={close} />
  };
}

interface IProps {
  label: string;
  items: IMenuItem[];
  place: IPlace;
  button: RefObject<HTMLElement>;
  onClose(): void;
}

/** In the page's body: panels and tables clip what is longer than themselves. */
function Menu({ label, items, place, button, onClose }: IProps): ReactElement {
  const menu = useRef<HTMLDivElement>(null);
  const latest = useRef(onClose);
  latest.current = onClose;
  useOutside(menu, onClose);
  useEffect(() => {
    menu.current?.querySelector<HTMLElement>('button:not([aria-disabled=true])')?.focus();
    const top = (): number | undefined => button.current?.getBoundingClientRect().top;
    const before = top();
    // Only when the button moves away: news of an earlier scroll can come late.
    const scrolled = (): void => {
      if (top() !== before) {
        latest.current();
      }
    };
    document.addEventListener('scroll', scrolled, true);
    return () => document.removeEventListener('scroll', scrolled, true);
  }, [button]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const buttons = [...(menu.current?.querySelectorAll<HTMLElement>('button') ?? [])];
    const at = buttons.findIndex(one => one === document.activeElement);
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    event.stopPropagation();
    if (step !== undefined) {
      buttons[(at + step + buttons.length) % buttons.length]?.focus();
    } else if (event.key === 'Escape' || event.key === 'Tab') {
      onClose();
    } else {
      return;
    }
    event.preventDefault();
  };
  return createPortal(
    <div
      ref={menu}
      role="menu"
      className="jp-mlops-menu"
      style={place}
      aria-label={label}
      onKeyDown={onKeyDown}
      // A portal's events also reach the row that the menu belongs to.
      onClick={event => event.stopPropagation()}
    >
      {items.map(item => (
        <button
          key={item.id}
          type="button"
          role={item.checked === undefined ? 'menuitem' : 'menuitemradio'}
          aria-checked={item.checked}
          aria-disabled={item.checked === true || undefined}
          className={item.first === true ? 'jp-mlops-menu-first' : undefined}
          data-testid={item.testid}
          {...item.data}
          onClick={() => {
            if (item.checked !== true) {
              onClose();
              item.choose();
            }
          }}
        >
          {item.mark}
          {item.label}
        </button>
      ))}
    </div>,
    document.body
  );
}
