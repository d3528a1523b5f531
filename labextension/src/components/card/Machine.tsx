import type { ReactElement } from 'react';
import { formatBytes } from '../formats';
import { useTranslation, type ITranslate } from '../translation';
import { Sparkline } from './Sparkline';
import type { IGauge } from './types';

interface IProps {
  gauges: IGauge[];
  memory: number | null;
  figures: number;
}

/** What the cell makes of the machine, in one quiet line. */
export function Machine({ gauges, memory, figures }: IProps): ReactElement | null {
  const trans = useTranslation();
  if (gauges.length === 0 && memory === null && figures === 0) {
    return null;
  }
  return (
    <ul className="jp-mlops-machine" aria-label={trans.__('Machine')}>
      {gauges.map(({ key, value, points }) => (
        <li key={key} className="jp-mlops-gauge">
          <span>{named(key, trans)}</span>
          <span className="jp-mlops-gauge-value">{trans.__('%1 %', value)}</span>
          <Sparkline points={points} from={0} to={100} width={40} />
        </li>
      ))}
      {memory !== null && (
        <li title={trans.__('The most memory that the process held')}>
          {trans.__('peak %1', formatBytes(memory))}
        </li>
      )}
      {figures > 0 && <li>{trans._n('%1 figure', '%1 figures', figures)}</li>}
    </ul>
  );
}

function named(key: string, trans: ITranslate): string {
  return key === 'cpu' ? trans.__('CPU') : key === 'memory' ? trans.__('memory') : key.replace(/_/g, ' ');
}
