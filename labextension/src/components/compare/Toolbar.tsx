import type { ReactElement } from 'react';
import { AliveDot } from '../AliveDot';
import { SearchBox } from '../SearchBox';
import { useTranslation } from '../translation';
import type { ICompareState } from '../types';

interface IProps {
  total: number;
  shown: number;
  selected: number;
  state: ICompareState;
  alive: boolean;
  onState(part: Partial<ICompareState>): void;
}

export function Toolbar({ total, shown, selected, state, alive, onState }: IProps): ReactElement {
  const trans = useTranslation();
  const counts = [
    shown === total
      ? trans._n('%1 run', '%1 runs', total)
      : trans._n('%2 of %1 run', '%2 of %1 runs', total, shown)
  ];
  if (selected > 0) {
    counts.push(trans._n('%1 selected', '%1 selected', selected));
  }
  return (
    <div className="jp-mlops-toolbar">
      <SearchBox
        value={state.filter}
        label={trans.__('Search in all cells')}
        testid="mlops-compare-search"
        onChange={filter => onState({ filter })}
      />
      <label className="jp-mlops-check">
        <input
          type="checkbox"
          data-testid="mlops-differences"
          checked={state.differences_only}
          onChange={event => onState({ differences_only: event.target.checked })}
        />
        {trans.__('Differences only')}
      </label>
      <span className="jp-mlops-summary" role="status">
        {counts.join(' · ')}
        <AliveDot alive={alive} />
      </span>
    </div>
  );
}
