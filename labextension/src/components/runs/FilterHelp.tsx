import type { ReactElement } from 'react';
import { useTranslation } from '../translation';

/** The language of filters by examples that can be tried. */
export function FilterHelp({ onExample }: { onExample(filter: string): void }): ReactElement {
  const trans = useTranslation();
  const examples: [string, string][] = [
    ['fox', trans.__('“fox” in the name')],
    ['metrics.accuracy >= 0.9', trans.__('by a metric’s newest value')],
    ['metrics.`val loss`.min < 0.1', trans.__('by its least one, with a blank in the name')],
    ['params.model = "tree" and params.depth != "3"', trans.__('by parameters, which are texts')],
    ['tags.team ILIKE "%vision%"', trans.__('by a tag, in any case')],
    ['status = "FAILED" or status = "KILLED"', trans.__('by how it ended')],
    ['dataset.name = "wine"', trans.__('by what went in')]
  ];
  return (
    <dl className="jp-mlops-filter-help" data-testid="mlops-filter-examples">
      {examples.map(([filter, meaning]) => (
        <div key={filter}>
          <dt>
            <button type="button" className="jp-mlops-link" onClick={() => onExample(filter)}>
              <code>{filter}</code>
            </button>
          </dt>
          <dd className="jp-mlops-quiet">{meaning}</dd>
        </div>
      ))}
    </dl>
  );
}
