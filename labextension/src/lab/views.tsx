/** The table of views that Python can send, by the name in their bundles. */
import { Compare } from '../components/compare/Compare';
import { readCompare, readPartialState } from '../components/compare/bundles';
import { CompareHost } from './compareHost';
import { linked, type Reader } from './linkedViews';

export const VIEWS: ReadonlyMap<string, Reader> = new Map([
  [
    'compare',
    linked({
      readBundle: readCompare,
      readState: readPartialState,
      subject: bundle => bundle.runs.join(' '),
      host: (bundle, parts) => new CompareHost(bundle, parts),
      draw: host => <Compare host={host} />
    })
  ]
]);
