import { type ReactElement } from 'react';
import { Choice } from '../Choice';
import { number } from '../parse';
import { useTranslation } from '../translation';
import { Trouble } from '../Trouble';
import { useSettled } from '../useSettled';
import { Beside } from './Beside';
import { readImages } from './besides';
import { Few, useFew } from './FilesPanel';
import type { IPanelProps } from './types';
import { useView } from './useChart';

/** Series of images of several runs at one step, beside each other. */
export function ImagesPanel(props: IPanelProps): ReactElement {
  const { options, onOptions, hovered, onHover } = props;
  const trans = useTranslation();
  const runs = useFew(props);
  const step = useSettled(number(options.step));
  const body = runs.length === 0 ? null : { runs, key: options.key ?? null, step };
  const answer = useView(props, 'chart_images', body, readImages);
  const { data } = answer;
  const steps = data?.steps ?? [];
  const shown = number(options.step) ?? data?.step ?? null;
  const at = shown === null ? -1 : steps.indexOf(shown);
  const place = at < 0 ? steps.length - 1 : at;
  return (
    <div aria-busy={answer.pending} data-testid="mlops-images">
      <Trouble problem={answer.problem} pending={answer.pending && data === null} />
      {data !== null && data.key === null && (
        <p className="jp-mlops-empty">
          {trans.__('These runs have no series of images. Log one image a step:')}{' '}
          <code>mlflow.log_image(image, key="sample", step=epoch)</code>
        </p>
      )}
      {data !== null && data.key !== null && (
        <>
          <div className="jp-mlops-curve-tools">
            <Choice
              label={trans.__('Series')}
              value={data.key}
              testid="mlops-images-key"
              options={data.keys.map(key => [key, key] as const)}
              onChoice={key => onOptions({ key, step: null })}
            />
            <label className="jp-mlops-choice">
              <span className="jp-mlops-quiet">{trans.__('Step')}</span>
              <input
                type="range"
                min={0}
                max={Math.max(0, steps.length - 1)}
                step={1}
                value={place}
                disabled={steps.length < 2}
                aria-valuetext={String(steps[place] ?? '')}
                data-testid="mlops-images-step"
                onChange={event => onOptions({ step: steps[Number(event.target.value)] ?? null })}
              />
              <output className="jp-mlops-smoothing">{steps[place]}</output>
            </label>
            <Few runs={runs} total={props.total} />
          </div>
          <Beside parts={data.parts} hovered={hovered} onHover={onHover} />
        </>
      )}
    </div>
  );
}
