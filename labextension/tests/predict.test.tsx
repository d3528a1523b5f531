/** A model tried through a server, by what the server is asked. */
import { act, fireEvent, render, screen } from '@testing-library/react';
import { Predict } from '../src/components/playground/Predict';
import { PlaygroundHost } from '../src/stores/playgroundHost';
import type { IStore } from '../src/stores/stores';

const FORM = {
  kind: 'columns',
  fields: [{ name: 'size', label: 'size', kind: 'number', type: 'double' }],
  params: []
};
const TOLD = { label: 'houses 1', uri: 'models:/houses/1', role: 'champion', flavor: 'sklearn', message: '' };
const CARD = { label: 'houses 1', role: 'champion', outputs: [{ name: 'prediction', value: 7 }] };

/** A server that answers each path; what it was asked. */
function served(answers: { [path: string]: (body: { [key: string]: unknown }) => object }): {
  store: IStore;
  asked: [string, { [key: string]: unknown }][];
} {
  const asked: [string, { [key: string]: unknown }][] = [];
  const post = (path: string, body: object): Promise<unknown> => {
    const given = { ...body };
    asked.push([path, given]);
    const answer = answers[path];
    return answer === undefined
      ? Promise.reject(new Error(`${path} failed`))
      : Promise.resolve(answer(given));
  };
  const store = { key: '', server: { post }, drawings: {}, href: (place: string) => place };
  return { store: store as unknown as IStore, asked };
}

async function shown(store: IStore): Promise<void> {
  const open = PlaygroundHost.open.bind(PlaygroundHost, store);
  await act(async () => void render(<Predict models={['models:/houses/1']} open={open} />));
}

const opened = (): object => ({
  form: FORM,
  state: { values: { size: 3 }, params: {}, features: [], models: [{ ...TOLD, state: 'new' }] }
});

test('the form comes first, then the model, and Predict sends what is typed', async () => {
  const { store, asked } = served({
    'views/predict_open': opened,
    'views/predict_load': () => ({ models: [{ ...TOLD, state: 'ready' }] }),
    'views/predict': ({ values }) => ({ values, params: {}, outcome: { number: 1, values, cards: [CARD] } })
  });
  await shown(store);
  fireEvent.change(screen.getByLabelText(/^size/), { target: { value: '12' } });
  await act(async () => void fireEvent.click(screen.getByTestId('mlops-predict')));
  expect(screen.getByTestId('mlops-prediction').textContent).toBe('7');
  expect(asked.map(([path]) => path)).toEqual(['views/predict_open', 'views/predict_load', 'views/predict']);
  const [, body] = asked[2]!;
  expect(body).toMatchObject({ models: ['models:/houses/1'], values: { size: 12 } });
  expect(new Set(asked.map(([, { page }]) => page)).size).toBe(1);
});

test('what would run code is loaded only after the click that trusts it', async () => {
  const { store, asked } = served({
    'views/predict_open': opened,
    'views/predict_load': () => ({
      models: [{ ...TOLD, state: 'untrusted', message: 'It can run any code.' }]
    }),
    'actions/trust_model': () => ({ models: [{ ...TOLD, state: 'ready' }] })
  });
  await shown(store);
  expect(screen.getByRole('alert').textContent).toContain('It can run any code.');
  expect(screen.getByTestId('mlops-predict')).toHaveProperty('disabled', true);
  await act(async () => void fireEvent.click(screen.getByTestId('mlops-trust')));
  expect(asked.at(-1)?.[0]).toBe('actions/trust_model');
  expect(screen.queryByTestId('mlops-trust')).toBeNull();
  expect(screen.getByTestId('mlops-predict')).toHaveProperty('disabled', false);
});

test('a server that runs no models says so, and can be asked again', async () => {
  const { store, asked } = served({});
  await shown(store);
  expect(screen.getByTestId('mlops-predict-problem').textContent).toContain('views/predict_open failed');
  await act(async () => void fireEvent.click(screen.getByText('Try again')));
  expect(asked).toHaveLength(2);
});
