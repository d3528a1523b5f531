import { useId, type ReactElement, type ReactNode } from 'react';
import { tabId, tabPanelId, Tabs } from './Tabs';
import { useTranslation } from './translation';

interface IProps<T extends string> {
  /** Names of the figures, with their titles. */
  tabs: (readonly [T, string])[];
  tab: T;
  onTab(tab: T): void;
  /** The figure that is chosen. */
  children: ReactNode;
}

/** Figures of one thing, one of them at a time; beside its numbers where there is room. */
export function FigureTabs<T extends string>({ tabs, tab, onTab, children }: IProps<T>): ReactElement {
  const trans = useTranslation();
  const id = useId();
  return (
    <section className="jp-mlops-figure-tabs" aria-label={trans.__('Charts')}>
      <Tabs id={id} label={trans.__('Kinds of charts')} tabs={tabs} tab={tab} onTab={onTab} />
      <div role="tabpanel" id={tabPanelId(id, tab)} aria-labelledby={tabId(id, tab)}>
        {children}
      </div>
    </section>
  );
}
