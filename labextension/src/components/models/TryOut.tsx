import type { ReactElement } from 'react';
import { Choice } from '../Choice';
import { Predict } from '../playground/Predict';
import type { OpenPlayground } from '../playground/types';
import { stageLabel } from '../stages';
import { useTranslation, type ITranslate } from '../translation';
import type { IVersionRow } from './types';

interface IProps {
  name: string;
  versions: IVersionRow[];
  /** The first one is the champion, the second one the challenger. */
  selection: string[];
  open: OpenPlayground;
  onSelection(versions: string[]): void;
}

/** A version tried by hand, and another one beside it. */
export function TryOut({ name, versions, selection, open, onSelection }: IProps): ReactElement {
  const trans = useTranslation();
  const champion = selection[0] ?? usual(versions)?.version;
  const challenger = selection[1] ?? '';
  if (champion === undefined) {
    return <p className="jp-mlops-empty">{trans.__('No versions yet.')}</p>;
  }
  const known = new Set(versions.map(row => row.version));
  const options = [
    ...versions.map(row => [row.version, labelOf(row, trans)] as const),
    ...[champion, challenger]
      .filter(one => one !== '' && !known.has(one))
      .map(one => [one, trans.__('version %1', one)] as const)
  ];
  const chosen = [champion, challenger].filter(one => one !== '');
  return (
    <>
      <div className="jp-mlops-toolbar jp-mlops-try">
        <Choice
          label={trans.__('Try')}
          testid="mlops-champion"
          value={champion}
          options={options}
          onChoice={one => onSelection(one === challenger ? [one, champion] : [one, ...chosen.slice(1)])}
        />
        <Choice
          label={trans.__('against')}
          testid="mlops-challenger"
          value={challenger}
          options={[['', trans.__('nothing')], ...options.filter(([one]) => one !== champion)]}
          onChoice={one => onSelection([champion, one].filter(each => each !== ''))}
        />
      </div>
      <Predict models={chosen.map(version => `models:/${name}/${version}`)} open={open} />
    </>
  );
}

/** What is in use, as far as the registry says so: else the newest. */
function usual(versions: IVersionRow[]): IVersionRow | undefined {
  return (
    versions.find(row => row.aliases.includes('champion')) ??
    versions.find(row => row.stage === 'Production') ??
    versions[0]
  );
}

function labelOf({ version, stage, aliases }: IVersionRow, trans: ITranslate): string {
  const more = [
    ...aliases.map(alias => `@${alias}`),
    ...(stage === 'None' ? [] : [stageLabel(stage, trans)])
  ];
  return [trans.__('version %1', version), ...more].join(' · ');
}
