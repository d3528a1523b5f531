import type { ReactElement } from 'react';
import { formatNumber } from '../formats';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import type { ICard, INamed, IOutcome } from './types';

interface IProps {
  outcome: IOutcome | null;
  /** The form has been changed since. */
  stale: boolean;
  busy: boolean;
  /** Whether the models are loaded. */
  ready: boolean;
}

/** What the models said, side by side. */
export function Result({ outcome, stale, busy, ready }: IProps): ReactElement {
  const trans = useTranslation();
  const wrong = outcome === null ? 0 : Object.keys({ ...outcome.wrong, ...outcome.wrongParams }).length;
  return (
    <section
      className="jp-mlops-result"
      data-testid="mlops-result"
      data-stale={stale || undefined}
      aria-live="polite"
      aria-busy={busy}
      aria-label={trans.__('Result')}
    >
      {outcome === null && (
        <p className="jp-mlops-empty">
          {ready ? trans.__('Fill in the form and press Predict.') : trans.__('No model is loaded yet.')}
        </p>
      )}
      {wrong > 0 && (
        <p className="jp-mlops-empty">
          {trans._n('Correct %1 input to predict.', 'Correct %1 inputs to predict.', wrong)}
        </p>
      )}
      {outcome !== null && outcome.cards.length > 0 && (
        <div className="jp-mlops-cards">
          {outcome.cards.map(card => (
            <Card key={card.role} card={card} several={outcome.cards.length > 1} />
          ))}
        </div>
      )}
      {outcome !== null && outcome.cards.length > 0 && (
        <p className="jp-mlops-result-note jp-mlops-quiet">
          {outcome.differs !== null && (
            <span className="jp-mlops-verdict" data-differs={outcome.differs}>
              {outcome.differs ? trans.__('The models differ.') : trans.__('Both models say the same.')}
            </span>
          )}
          {stale && !busy && <span>{trans.__('The inputs have changed since.')}</span>}
        </p>
      )}
    </section>
  );
}

function Card({ card, several }: { card: ICard; several: boolean }): ReactElement {
  const trans = useTranslation();
  const [first, ...others] = card.outputs;
  return (
    <article className="jp-mlops-answer" data-role={card.role} aria-label={card.label}>
      <header>
        {several && (
          <span className="jp-mlops-type">
            {card.role === 'challenger' ? trans.__('Challenger') : trans.__('Champion')}
          </span>
        )}
        <span className="jp-mlops-clip" title={card.label}>
          {card.label}
        </span>
        {card.ms !== null && <span className="jp-mlops-ms">{trans.__('%1 ms', milliseconds(card.ms))}</span>}
      </header>
      <Trouble problem={card.problem} />
      {first !== undefined && others.length === 0 && (
        <div className="jp-mlops-prediction" data-testid="mlops-prediction" data-long={isLong(first)}>
          {shown(first.value)}
        </div>
      )}
      {others.length > 0 && first !== undefined && (
        <dl className="jp-mlops-outputs">
          {[first, ...others].map(one => (
            <div key={one.name} data-testid="mlops-output" data-name={one.name}>
              <dt className="jp-mlops-clip">{one.name}</dt>
              <dd>{shown(one.value)}</dd>
            </div>
          ))}
        </dl>
      )}
      {card.bars.length > 0 && (
        <Bars bars={card.bars} said={first === undefined ? null : String(first.value)} />
      )}
    </article>
  );
}

function Bars({ bars, said }: { bars: INamed[]; said: string | null }): ReactElement {
  const trans = useTranslation();
  return (
    <ul className="jp-mlops-proba" data-testid="mlops-proba" aria-label={trans.__('Probabilities')}>
      {bars.map(({ name, value }) => {
        const chance = typeof value === 'number' ? value : 0;
        return (
          <li key={name} data-name={name} data-value={chance} data-said={name === said || undefined}>
            <span className="jp-mlops-clip" title={name}>
              {name}
            </span>
            <span className="jp-mlops-bar" aria-hidden="true">
              <span style={{ width: `${Math.min(100, Math.max(0, chance * 100))}%` }} />
            </span>
            <span className="jp-mlops-number">{percent(chance)}</span>
          </li>
        );
      })}
    </ul>
  );
}

function percent(chance: number): string {
  const share = chance * 100;
  return share > 0 && share < 0.1
    ? '< 0.1 %'
    : share < 100 && share > 99.9
      ? '> 99.9 %'
      : `${share.toFixed(1)} %`;
}

function milliseconds(ms: number): string {
  return ms < 10 ? ms.toFixed(1) : formatNumber(Math.round(ms));
}

function shown(value: INamed['value']): string {
  return typeof value === 'number' ? formatNumber(value, 6) : value === null ? '–' : String(value);
}

function isLong(one: INamed): boolean {
  return shown(one.value).length > 24;
}
