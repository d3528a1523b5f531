import { useEffect, useRef, useState, type ReactElement } from 'react';
import { Choice } from '../Choice';
import { said } from '../errors';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useDrawing } from '../useDrawing';
import type { IPlaygroundHost, IPlaygroundState, IWhatIf } from './types';
import { canVary } from './values';

/** A change of the form is drawn when it has come to rest. */
const REST_MS = 350;

interface IProps {
  host: IPlaygroundHost;
  state: IPlaygroundState;
  active: boolean;
}

/** The prediction over one or two inputs, all others as the form has them. */
export function WhatIf({ host, state, active }: IProps): ReactElement | null {
  const trans = useTranslation();
  const { fields, kind } = host.bundle.form;
  const choices = fields.filter(canVary);
  const [one = '', other = ''] = state.features;
  const { answer, problem, pending } = useWhatIf(host, state, active && one !== '');
  const { place, problem: drawProblem } = useDrawing(host, answer?.figure ?? null);
  if (choices.length === 0 || (kind !== 'columns' && kind !== 'matrix')) {
    return null;
  }
  if (!active && answer === null) {
    return (
      <p className="jp-mlops-note" data-testid="mlops-what-if">
        {trans.__('What-if charts are not saved in the notebook. They come back with the kernel.')}
      </p>
    );
  }
  const options = choices.map(({ name, label }) => [name, label] as const);
  const wrong = problem ?? answer?.problem ?? drawProblem;
  return (
    <section
      className="jp-mlops-what-if"
      data-testid="mlops-what-if"
      aria-label={trans.__('What if')}
      aria-busy={pending}
    >
      <div className="jp-mlops-curve-tools">
        <strong>{trans.__('What if')}</strong>
        <Choice
          label={trans.__('over')}
          testid="mlops-what-if-feature"
          value={one}
          options={options}
          onChoice={name =>
            host.set({
              features: [name, other].filter(each => each !== '' && (each !== other || name !== other))
            })
          }
        />
        <Choice
          label={trans.__('and')}
          testid="mlops-what-if-second"
          value={other}
          options={[['', trans.__('nothing else')], ...options.filter(([name]) => name !== one)]}
          onChoice={name => host.set({ features: [one, name].filter(each => each !== '') })}
        />
        {answer !== null && answer.outputs.length > 1 && (
          <Choice
            label={trans.__('of')}
            testid="mlops-what-if-output"
            value={answer.output ?? ''}
            options={[
              ...(other === '' && answer.outputs.length > 2 ? [['', trans.__('all')] as const] : []),
              ...answer.outputs.map(name => [name, name] as const)
            ]}
            onChoice={name => host.set({ output: name === '' ? null : name })}
          />
        )}
      </div>
      <Trouble problem={wrong} />
      <div
        ref={place}
        className="jp-mlops-chart"
        hidden={!answer?.figure}
        data-testid="mlops-what-if-chart"
        role="group"
        aria-label={trans.__('Prediction over %1', state.features.join(', '))}
      />
    </section>
  );
}

interface IAnswer {
  answer: IWhatIf | null;
  problem: string | null;
  pending: boolean;
}

/** The chart asked for last; the former one stays until the new one is here. */
function useWhatIf(host: IPlaygroundHost, state: IPlaygroundState, active: boolean): IAnswer {
  const [told, setTold] = useState<IAnswer>({ answer: null, problem: null, pending: false });
  const turn = useRef(Promise.resolve());
  const wanted = JSON.stringify([state.features, state.output, state.values, state.params]);
  useEffect(() => {
    if (!active) {
      return;
    }
    let late = false;
    const { features, output } = host.get().state;
    const ask = async (): Promise<void> => {
      // A slow model is asked one thing at a time, and not for what has changed again meanwhile.
      if (late) {
        return;
      }
      setTold(now => ({ ...now, pending: true }));
      await host.whatIf(features, output).then(
        answer => !late && setTold({ answer, problem: null, pending: false }),
        (error: unknown) =>
          !late &&
          setTold(({ answer }) => ({
            answer,
            problem: said(error),
            pending: false
          }))
      );
    };
    const timer = window.setTimeout(() => {
      turn.current = turn.current.then(ask);
    }, REST_MS);
    return () => {
      late = true;
      window.clearTimeout(timer);
    };
  }, [host, active, wanted]);
  return told;
}
