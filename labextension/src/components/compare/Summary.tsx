import { useEffect, useState, type ReactElement } from 'react';
import { said } from '../errors';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import type { ITableColumn } from './gridColumns';
import type { ISummary } from './types';

interface IProps {
  column: ITableColumn;
  ask(): Promise<ISummary>;
}

const [WIDTH, HEIGHT] = [220, 56];

/** One column over all runs: how many have it, its ends, mean and deviation, and how its values lie. */
export function Summary({ column, ask }: IProps): ReactElement {
  const trans = useTranslation();
  const [found, setFound] = useState<ISummary | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    ask().then(setFound, (error: unknown) => setProblem(said(error)));
  }, []);
  if (found === null) {
    return <p className="jp-mlops-quiet">{problem ?? trans.__('Loading…')}</p>;
  }
  const number = (value: number | null): string => (value === null ? '–' : column.format(value));
  const facts: [string, string][] = [
    [trans.__('Count'), formatNumber(found.count)],
    [trans.__('Missing'), formatNumber(found.missing)],
    [trans.__('Distinct'), formatNumber(found.distinct)]
  ];
  if (found.min !== null) {
    facts.push(
      [trans.__('Min'), number(found.min)],
      [trans.__('Max'), number(found.max)],
      [trans.__('Mean'), number(found.mean)],
      [trans.__('Deviation'), found.sd === null ? '–' : formatNumber(found.sd, 4)]
    );
  }
  return (
    <>
      <dl className="jp-mlops-sums">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      {found.bins.length > 1 && (
        <Histogram bins={found.bins} from={number(found.min)} to={number(found.max)} />
      )}
      {found.values.length > 0 && (
        <ul className="jp-mlops-frequent">
          {found.values.map(([text, count]) => (
            <li key={text} style={{ ['--share' as string]: `${(100 * count) / Math.max(1, found.count)}%` }}>
              <span className="jp-mlops-clip" title={text}>
                {text}
              </span>
              <span>{formatNumber(count)}</span>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

function Histogram({ bins, from, to }: { bins: number[]; from: string; to: string }): ReactElement {
  const trans = useTranslation();
  const most = Math.max(1, ...bins);
  const step = WIDTH / bins.length;
  return (
    <figure className="jp-mlops-histogram">
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        width={WIDTH}
        height={HEIGHT}
        role="img"
        aria-label={trans.__(
          '%1 values from %2 to %3',
          bins.reduce((sum, one) => sum + one, 0),
          from,
          to
        )}
      >
        {bins.map((count, place) => (
          <rect
            key={place}
            x={place * step + 0.5}
            width={Math.max(1, step - 1)}
            y={HEIGHT - (HEIGHT * count) / most}
            height={(HEIGHT * count) / most}
          >
            <title>{count}</title>
          </rect>
        ))}
      </svg>
      <figcaption>
        <span>{from}</span>
        <span>{to}</span>
      </figcaption>
    </figure>
  );
}
