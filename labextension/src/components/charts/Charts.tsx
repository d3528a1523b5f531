import { useId, useMemo, type ReactElement } from 'react';
import { Tabs, tabId, tabPanelId } from '../Tabs';
import { useTranslation } from '../translation';
import type { IChartsState } from '../types';
import type { Source } from '../views';
import { PANELS } from './panels';
import type { IChartsHost, Options } from './types';

interface IProps {
  host: IChartsHost;
  source: Source;
  stamp: number;
  /** Which runs are compared, as Python's `RunQuery`. */
  query: object;
  /** How many these are. */
  total: number;
  /** The first of them, in the order of the table. */
  order: string[];
  state: IChartsState;
  selection: string[];
  hovered: string | null;
  onState(state: IChartsState): void;
  onHover(runId: string | null): void;
  onSelection(runIds: string[]): void;
  onColours(colours: ReadonlyMap<string, string>): void;
}

/** Below the table: the same runs in charts, one kind a tab. Only the open tab asks for data. */
export function Charts(props: IProps): ReactElement {
  const { source, state, selection, onState, onSelection } = props;
  const trans = useTranslation();
  const id = useId();
  const panel = PANELS.find(one => one.id === state.tab) ?? PANELS[0]!;
  const tabs = useMemo(() => PANELS.map(one => [one.id, one.title(trans)] as const), [trans]);
  const options = state.options[panel.id] ?? {};
  const change = (part: Options): void =>
    onState({ tab: panel.id, options: { ...state.options, [panel.id]: { ...options, ...part } } });
  const pick = (runId: string): void =>
    onSelection(selection.includes(runId) ? selection.filter(one => one !== runId) : [...selection, runId]);
  return (
    <section className="jp-mlops-curves" aria-label={trans.__('Charts')} data-testid="mlops-charts">
      <Tabs
        id={id}
        label={trans.__('Kinds of charts')}
        tabs={tabs}
        tab={panel.id}
        onTab={tab => onState({ ...state, tab })}
      />
      <div
        role="tabpanel"
        id={tabPanelId(id, panel.id)}
        aria-labelledby={tabId(id, panel.id)}
        className="jp-mlops-chart-panel"
        data-panel={panel.id}
      >
        {source === 'snapshot' ? (
          <p className="jp-mlops-note">
            {trans.__(
              'Charts are not saved in the notebook. They come back when the store or the kernel can be reached.'
            )}
          </p>
        ) : (
          <panel.Panel key={panel.id} {...props} options={options} onOptions={change} onPick={pick} />
        )}
      </div>
    </section>
  );
}
