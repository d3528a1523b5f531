import { useEffect, useState, type ReactElement } from 'react';
import { useTranslation } from '../translation';
import type { IDrawnFigure, IFigure } from '../types';
import type { ILineage, IModelsHost, INode, IVersionRow } from './types';
import { said, useAnswer } from './useAnswer';

interface IProps {
  host: IModelsHost;
  name: string;
  version: string | null;
  /** To choose from. */
  versions: IVersionRow[];
  stamp: number;
  onVersion(version: string): void;
}

/** From which data over which run a version came, and where it went. */
export function Lineage({ host, name, version, versions, stamp, onVersion }: IProps): ReactElement {
  const trans = useTranslation();
  const ask = version === null ? null : () => host.lineage(name, version);
  const { data, problem, pending } = useAnswer(ask, `${name}/${version ?? ''}`, stamp);
  if (version === null) {
    return <p className="jp-mlops-empty">{trans.__('No versions yet')}</p>;
  }
  const known = versions.some(row => row.version === version);
  return (
    <div data-testid="mlops-lineage" aria-busy={pending}>
      <label className="jp-mlops-choice">
        <span className="jp-mlops-quiet">{trans.__('Version')}</span>
        <select value={version} onChange={event => onVersion(event.target.value)}>
          {!known && <option value={version}>{trans.__('v%1', version)}</option>}
          {versions.map(row => (
            <option key={row.version} value={row.version}>
              {trans.__('v%1', row.version)}
            </option>
          ))}
        </select>
      </label>
      {problem !== null && (
        <div className="jp-mlops-error" role="alert">
          {problem}
        </div>
      )}
      {pending && <p className="jp-mlops-empty">{trans.__('Loading…')}</p>}
      {data !== null && <Figure host={host} figure={data.figure} />}
      {data !== null && <Steps steps={data.steps} />}
    </div>
  );
}

function Figure({ host, figure }: { host: IModelsHost; figure: IFigure }): ReactElement {
  const trans = useTranslation();
  const [node, setNode] = useState<HTMLDivElement | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => {
    if (node === null) {
      return;
    }
    let gone = false;
    let drawn: IDrawnFigure | null = null;
    host.drawFigure(node, figure, { onHover: () => undefined, onPick: () => undefined }).then(
      drawing => {
        drawn = drawing;
        gone ? drawing.dispose() : setProblem(null);
      },
      (error: unknown) => !gone && setProblem(said(error))
    );
    return () => {
      gone = true;
      drawn?.dispose();
    };
  }, [host, node, figure]);
  return (
    <>
      {problem !== null && (
        <div className="jp-mlops-error" role="alert">
          {trans.__('The lineage could not be drawn: %1', problem)}
        </div>
      )}
      <div
        ref={setNode}
        className="jp-mlops-figure"
        data-testid="mlops-lineage-figure"
        role="img"
        aria-label={trans.__('Lineage; the table below says the same')}
      />
    </>
  );
}

function Steps({ steps }: Pick<ILineage, 'steps'>): ReactElement | null {
  const trans = useTranslation();
  if (steps.length === 0) {
    return null;
  }
  return (
    <div className="jp-mlops-scroller">
      <table className="jp-mlops-table jp-mlops-plain" aria-label={trans.__('Lineage')}>
        <thead>
          <tr>
            <th scope="col">{trans.__('From')}</th>
            <th scope="col">{trans.__('Step')}</th>
            <th scope="col">{trans.__('To')}</th>
          </tr>
        </thead>
        <tbody>
          {steps.map(({ from, to, label }) => (
            <tr key={`${from.id} ${to.id} ${label}`} className="jp-mlops-row">
              <Node node={from} />
              <td className="jp-mlops-quiet">{label}</td>
              <Node node={to} />
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Node({ node }: { node: INode }): ReactElement {
  return (
    <td title={[node.id, node.detail].filter(Boolean).join('\n')}>
      <span className="jp-mlops-quiet">{node.kind}</span> {node.name}
    </td>
  );
}
