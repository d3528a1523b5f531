import type { KeyboardEvent, ReactElement, ReactNode } from 'react';

interface IProps<T extends string> {
  /** Begins the ids of the tabs and of their panels. */
  id: string;
  label: string;
  tabs: (readonly [T, string])[];
  tab: T;
  onTab(tab: T): void;
  children?: ReactNode;
}

export function tabId(id: string, tab: string): string {
  return `${id}-tab-${tab}`;
}

export function tabPanelId(id: string, tab: string): string {
  return `${id}-tabpanel-${tab}`;
}

/** A line of tabs; the arrow keys go from one to the next, Home and End to the ends. */
export function Tabs<T extends string>({ id, label, tabs, tab, onTab, children }: IProps<T>): ReactElement {
  const onKeyDown = (event: KeyboardEvent<HTMLDivElement>): void => {
    const at = tabs.findIndex(([one]) => one === tab);
    const place = { ArrowLeft: at - 1, ArrowRight: at + 1, Home: 0, End: -1 }[event.key];
    const next = place === undefined ? undefined : tabs.at(place % tabs.length)?.[0];
    if (next !== undefined) {
      onTab(next);
      event.currentTarget.querySelector<HTMLElement>(`[data-tab="${next}"]`)?.focus();
      event.preventDefault();
      event.stopPropagation();
    }
  };
  return (
    <div className="jp-mlops-tabs">
      <div role="tablist" className="jp-mlops-tablist" aria-label={label} onKeyDown={onKeyDown}>
        {tabs.map(([one, name]) => (
          <button
            key={one}
            type="button"
            role="tab"
            id={tabId(id, one)}
            data-tab={one}
            data-testid={`mlops-tab-${one}`}
            aria-selected={tab === one}
            aria-controls={tabPanelId(id, one)}
            tabIndex={tab === one ? 0 : -1}
            onClick={() => onTab(one)}
          >
            {name}
          </button>
        ))}
      </div>
      {children}
    </div>
  );
}
