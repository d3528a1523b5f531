import { useMemo, type ReactElement, type ReactNode } from 'react';
import { AliveDot } from '../AliveDot';
import { Check } from '../Check';
import { Choice } from '../Choice';
import { formatNumber } from '../formats';
import { useMenu, type IMenuItem } from '../Menu';
import { ColumnsMenu } from '../runs/ColumnsMenu';
import { useTranslation } from '../translation';
import type { ICompareState } from '../types';
import { FilterBox } from '../filter/FilterBox';
import { isShown, type ITableColumn } from './gridColumns';
import type { IFacts } from './types';

interface IProps {
  facts: IFacts;
  columns: ITableColumn[];
  /** How many groups there are, if runs are grouped. */
  groups: number | null;
  selected: number;
  state: ICompareState;
  alive: boolean;
  filterProblem: string | null;
  copies: IMenuItem[];
  views: ReactElement | null;
  onState(part: Partial<ICompareState>): void;
  /** How the last change went. */
  children: ReactNode;
}

export function Toolbar(props: IProps): ReactElement {
  const { facts, columns, groups, selected, state, alive, filterProblem, onState } = props;
  const trans = useTranslation();
  const copies = useMenu(trans.__('Copy'), props.copies);
  const counts = [trans._n('%2 run', '%2 runs', facts.total, formatNumber(facts.total))];
  if (groups !== null) {
    counts.push(trans._n('%1 group', '%1 groups', groups));
  }
  if (selected > 0) {
    counts.push(trans._n('%1 selected', '%1 selected', selected));
  }
  const chosen = useMemo(
    () =>
      Object.fromEntries(
        columns.map(one => [one.id, isShown(one.facts, state.columns, state.differences_only)])
      ),
    [columns, state.columns, state.differences_only]
  );
  const choose = (now: { readonly [id: string]: boolean }): void => {
    const changed = columns.map(({ id }) => id).filter(id => now[id] !== chosen[id]);
    const rest = (ids: string[]): string[] => ids.filter(id => !changed.includes(id));
    const added = (shown: boolean): string[] => changed.filter(id => (now[id] === true) === shown);
    const { hidden, shown } = state.columns;
    onState({
      columns: {
        ...state.columns,
        hidden: [...rest(hidden), ...added(false)],
        shown: [...rest(shown), ...added(true)]
      }
    });
  };
  const grouping = columns.filter(
    ({ id, facts }) =>
      facts.group === 'params' ||
      facts.group === 'tags' ||
      id === 'attributes.experiment' ||
      id === 'attributes.user_id'
  );
  return (
    <div className="jp-mlops-toolbar">
      <FilterBox
        value={state.filter}
        columns={facts.columns}
        problem={filterProblem}
        onChange={filter => onState({ filter })}
      />
      <Check
        label={trans.__('Differences only')}
        checked={state.differences_only}
        testid="mlops-differences"
        onChange={differences_only => onState({ differences_only })}
      />
      {grouping.length > 0 && (
        <Choice
          label={trans.__('Group by')}
          value={state.group ?? ''}
          testid="mlops-group"
          options={[['', trans.__('nothing')], ...grouping.map(({ id, label }) => [id, label] as const)]}
          onChoice={id => onState({ group: id === '' ? null : id, expanded: [] })}
        />
      )}
      {state.baseline !== null && (
        <button
          type="button"
          className="jp-mlops-button"
          data-testid="mlops-baseline-clear"
          onClick={() => onState({ baseline: null })}
        >
          {trans.__('No baseline')}
        </button>
      )}
      <div className="jp-mlops-buttons">
        <ColumnsMenu columns={columns} chosen={chosen} onChosen={choose} />
        <button
          ref={copies.button}
          type="button"
          className="jp-mlops-button"
          aria-haspopup="menu"
          aria-expanded={copies.isOpen}
          data-testid="mlops-copies"
          onClick={copies.toggle}
        >
          {trans.__('Copy')}
        </button>
        {copies.menu}
        {props.views}
      </div>
      <div className="jp-mlops-line">
        <span role="status" data-testid="mlops-compare-summary">
          {counts.join(' · ')}
        </span>
        <AliveDot alive={alive} />
        {props.children}
      </div>
    </div>
  );
}
