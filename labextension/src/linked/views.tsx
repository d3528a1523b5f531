/** The table of views that Python can send, by the name in their bundles. */
import { Compare } from '../components/compare/Compare';
import { readCompare, readPartialState } from '../components/compare/bundles';
import { CompareHost } from './compareHost';
import { Models } from '../components/models/Models';
import { readModels, readModelsState } from '../components/models/bundles';
import { Playground } from '../components/playground/Playground';
import { readPlayground, readPlaygroundState, writtenState } from '../components/playground/bundles';
import { readServed, readServedState, writtenServed } from '../components/served/bundles';
import { Served } from '../components/served/Served';
import { linked, type Reader } from './linkedViews';
import { ModelsHost } from './modelsHost';
import { PlaygroundHost } from './playgroundHost';
import { ServedHost } from './servedHost';

export const VIEWS: ReadonlyMap<string, Reader> = new Map([
  [
    'compare',
    linked({
      readBundle: readCompare,
      readState: readPartialState,
      subject: bundle => JSON.stringify(bundle.scope),
      host: (bundle, parts) => new CompareHost(bundle, parts),
      draw: host => <Compare host={host} />
    })
  ],
  [
    'models',
    linked({
      readBundle: readModels,
      readState: readModelsState,
      subject: () => '',
      host: (bundle, parts) => new ModelsHost(bundle, parts),
      draw: host => <Models host={host} />
    })
  ],
  [
    'playground',
    linked({
      readBundle: readPlayground,
      readState: readPlaygroundState,
      written: writtenState,
      lasting: state => state.lasting,
      subject: () => '',
      host: (bundle, parts) => new PlaygroundHost(bundle, parts),
      draw: host => <Playground host={host} />
    })
  ],
  [
    'served',
    linked({
      readBundle: readServed,
      readState: readServedState,
      written: writtenServed,
      lasting: state => state.lasting,
      isRestless: state => state.now.status === 'ready',
      subject: () => '',
      host: (bundle, parts) => new ServedHost(bundle, parts),
      draw: host => <Served host={host} />
    })
  ]
]);
