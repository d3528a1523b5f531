import { useEffect, useState, type ReactElement } from 'react';
import { readSaved } from '../components/compare/useSavedViews';
import { useMenu, type IMenuItem } from '../components/Menu';
import { FirstRun } from '../components/runs/FirstRun';
import { useTranslation } from '../components/translation';
import { useAnswer } from '../components/useAnswer';
import { places } from '../components/addresses';
import type { IPlaceProps } from './places';
import { RunsPlace } from './RunsPlace';

const SETUP = '%load_ext jupyter_mlops\nimport jupyter_mlops as mlflow';
const FIRST = '%%track my_first_run\ndepth = 3\nmlflow.log_metric("accuracy", 0.93)';

/** An experiment: its runs, and the views that were saved of them. */
export function ExperimentPlace(props: IPlaceProps): ReactElement {
  const { host, store, navigation, place, stamp } = props;
  const trans = useTranslation();
  const [selection, setSelection] = useState<string[]>([]);
  const id = place.query.get('experiment');
  const { data } = useAnswer(id === null ? null : () => host.experiment(id), id ?? '', stamp);
  const name = id === null ? trans.__('All runs') : (data?.name ?? null);
  useEffect(() => {
    if (name !== null) {
      navigation.named?.(name);
    }
  }, [navigation, name]);
  return (
    <>
      <header className="jp-mlops-experiment-head">
        <h1 className="jp-mlops-clip" title={name ?? undefined}>
          {name ?? trans.__('Experiment')}
        </h1>
        {id !== null && (
          <>
            <a
              className="jp-mlops-button"
              href={store.href(places.compareAll(id))}
              data-testid="mlops-compare-all"
            >
              {trans.__('Compare all')}
            </a>
            <Views {...props} experiment={id} />
            <a className="jp-mlops-link" href={store.href(places.runs())}>
              {trans.__('All runs')}
            </a>
          </>
        )}
      </header>
      <RunsPlace
        {...props}
        selection={selection}
        onSelection={setSelection}
        nothing={
          <FirstRun
            isStore={id === null}
            how={trans.__('Run these two cells in a notebook, and the run appears here by itself:')}
            codes={[setupOf(id === null ? null : (data?.name ?? null)), FIRST]}
          />
        }
      />
    </>
  );
}

/** What comes first in a notebook; runs go to the experiment that is looked at. */
function setupOf(experiment: string | null): string {
  return experiment === null ? SETUP : `${SETUP}\nmlflow.set_experiment(${JSON.stringify(experiment)});`;
}

/** The saved views, where there are any: each opens the comparison that it is of. */
function Views({
  host,
  navigation,
  experiment,
  stamp
}: IPlaceProps & { experiment: string }): ReactElement | null {
  const trans = useTranslation();
  const ask = async (): Promise<string[]> => {
    const answer = await host.ask('saved_views', { query: { experiment_ids: [experiment], filters: [] } });
    return readSaved(answer).views.map(({ name }) => name);
  };
  const { data } = useAnswer(ask, experiment, stamp);
  const items: IMenuItem[] = (data ?? []).map(name => ({
    id: name,
    label: name,
    testid: 'mlops-experiment-view',
    choose: () => navigation.go(places.compareAll(experiment, name))
  }));
  const menu = useMenu(trans.__('Saved views'), items);
  return items.length === 0 ? null : (
    <>
      <button
        ref={menu.button}
        type="button"
        className="jp-mlops-button"
        aria-haspopup="menu"
        aria-expanded={menu.isOpen}
        data-testid="mlops-experiment-views"
        onClick={menu.toggle}
      >
        {trans._n('%1 saved view', '%1 saved views', items.length)}
      </button>
      {menu.menu}
    </>
  );
}
