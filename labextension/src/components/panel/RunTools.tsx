import type { ReactElement } from 'react';
import { places } from '../addresses';
import { Icon } from '../Icon';
import { useTranslation } from '../translation';
import { comparer, type IRunChoice } from './runMenu';
import { SHOWN, type Shown } from './types';

interface IProps {
  choice: IRunChoice;
  hasDetails: boolean;
  onShown(shown: Shown): void;
  onClear(): void;
  onMenu(at: HTMLElement): void;
}

/** Which runs are listed, and what is done most often with those that are selected. */
export function RunTools({ choice, hasDetails, onShown, onClear, onMenu }: IProps): ReactElement {
  const trans = useTranslation();
  const { runs, shown, changes, surroundings, store } = choice;
  const [run] = runs;
  const { open } = surroundings;
  const names: { [one in Shown]: string } = {
    active: trans.__('Active'),
    archived: trans.__('Archived'),
    deleted: trans.__('Deleted')
  };
  const some = runs.length > 0;
  const compare = comparer(choice);
  return (
    <div className="jp-mlops-run-tools" role="toolbar" aria-label={trans.__('Runs')}>
      {some ? (
        <button
          type="button"
          className="jp-mlops-link jp-mlops-selected"
          title={trans.__('Clear the selection')}
          data-testid="mlops-selected"
          onClick={onClear}
        >
          {trans._n('%1 selected', '%1 selected', runs.length)} <Icon name="close" size={10} />
        </button>
      ) : (
        <select
          className="jp-mlops-shown"
          value={shown}
          aria-label={trans.__('Which runs')}
          data-testid="mlops-shown"
          onChange={event => onShown(SHOWN.find(one => one === event.target.value) ?? 'active')}
        >
          {SHOWN.map(one => (
            <option key={one} value={one}>
              {names[one]}
            </option>
          ))}
        </select>
      )}
      <span className="jp-mlops-grow" />
      {open !== null && (
        <>
          <Tool
            name="compare"
            label={
              compare === null
                ? trans.__('Select two runs or more to compare them')
                : trans.__('Compare %1 runs', runs.length)
            }
            onUse={compare}
          />
          <Tool
            name="page"
            label={trans.__('Open the run')}
            onUse={run && runs.length === 1 ? () => open(store, places.run(run.runId)) : null}
          />
        </>
      )}
      {shown === 'deleted' ? (
        <Tool name="undo" label={trans.__('Restore')} onUse={some ? () => changes.restore(runs) : null} />
      ) : (
        <>
          <Tool
            name="archive"
            label={shown === 'archived' ? trans.__('Take out of the archive') : trans.__('Archive')}
            onUse={some ? () => changes.archive(runs, shown === 'active') : null}
          />
          <Tool name="trash" label={trans.__('Delete')} onUse={some ? choice.onRemove : null} />
        </>
      )}
      <Tool
        name="info"
        label={trans.__('Details of the run')}
        isPressed={hasDetails}
        onUse={choice.onDetails}
      />
      <Tool name="dots" label={trans.__('More')} onUse={some ? onMenu : null} />
    </div>
  );
}

interface ITool {
  name: 'compare' | 'page' | 'undo' | 'archive' | 'trash' | 'info' | 'dots';
  label: string;
  isPressed?: boolean;
  onUse: ((at: HTMLElement) => void) | null;
}

function Tool({ name, label, isPressed, onUse }: ITool): ReactElement {
  return (
    <button
      type="button"
      className="jp-mlops-tool"
      title={label}
      aria-label={label}
      aria-pressed={isPressed}
      aria-haspopup={name === 'dots' ? 'menu' : undefined}
      aria-disabled={onUse === null}
      data-testid={`mlops-tool-${name}`}
      onClick={event => onUse?.(event.currentTarget)}
    >
      <Icon name={name} />
    </button>
  );
}
