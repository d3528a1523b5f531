import type { ReactElement } from 'react';
import { Caret } from '../Caret';
import { Icon } from '../Icon';
import { StatusIcon } from '../status';
import { useColour } from '../figures/palettes';
import { useTranslation } from '../translation';
import type { Status } from '../types';
import type { IGroupRow, IRunRow } from './types';

interface IProps {
  row: IRunRow;
  isSelected: boolean;
  isBaseline: boolean;
  isInGroup: boolean;
  colour: string | undefined;
  /** Where the run's name leads. */
  href: string | undefined;
  onMenu(row: IRunRow, element: HTMLElement): void;
}

/** A run's name, its state, and what can be done with it. */
export function NameCell({
  row,
  isSelected,
  isBaseline,
  isInGroup,
  colour,
  href,
  onMenu
}: IProps): ReactElement {
  const trans = useTranslation();
  const shown = useColour(colour);
  return (
    <div className="jp-mlops-run-cell" data-inside={isInGroup || undefined}>
      <NameParts row={row} isSelected={isSelected} href={href} />
      {isBaseline && <span className="jp-mlops-badge">{trans.__('baseline')}</span>}
      {shown !== undefined && (
        <span className="jp-mlops-swatch" style={{ background: shown }} aria-hidden="true" />
      )}
      <button
        type="button"
        className="jp-mlops-tool jp-mlops-row-menu"
        tabIndex={-1}
        aria-label={trans.__('Menu of %1', row.name)}
        aria-haspopup="menu"
        data-testid="mlops-row-menu"
        onClick={event => {
          event.stopPropagation();
          onMenu(row, event.currentTarget);
        }}
      >
        <Icon name="dots" size={12} />
      </button>
    </div>
  );
}

export function GroupName({ row, label }: { row: IGroupRow; label: string }): ReactElement {
  const trans = useTranslation();
  const name = row.value ?? trans.__('without %1', label);
  return (
    <div className="jp-mlops-run-cell" aria-expanded={row.isOpen}>
      <Caret />
      <span className={row.value === null ? 'jp-mlops-clip jp-mlops-quiet' : 'jp-mlops-clip'} title={name}>
        {name}
      </span>
      <span className="jp-mlops-quiet">{trans._n('%1 run', '%1 runs', row.count)}</span>
    </div>
  );
}

interface INameProps {
  row: { runId: string; name: string; status: Status };
  isSelected: boolean;
  href: string | undefined;
}

/** A run's name where nothing else is done with it. */
export function RunName(props: INameProps): ReactElement {
  return (
    <div className="jp-mlops-run-cell">
      <NameParts {...props} />
    </div>
  );
}

function NameParts({ row, isSelected, href }: INameProps): ReactElement {
  const trans = useTranslation();
  const title = `${row.name}\n${row.runId}`;
  return (
    <>
      <input
        type="checkbox"
        checked={isSelected}
        tabIndex={-1}
        readOnly
        aria-label={trans.__('Select %1', row.name)}
      />
      <StatusIcon status={row.status} />
      {href === undefined ? (
        <span className="jp-mlops-clip" title={title}>
          {row.name}
        </span>
      ) : (
        <a
          className="jp-mlops-clip jp-mlops-link"
          title={title}
          href={href}
          tabIndex={-1}
          onClick={event => event.stopPropagation()}
        >
          {row.name}
        </a>
      )}
    </>
  );
}
