import { useState, type ReactElement } from 'react';
import { formatAgo, formatTime } from '../formats';
import { Icon } from '../Icon';
import { stageLabel } from '../stages';
import { useTranslation } from '../translation';
import { useNow } from '../useNow';
import { Described } from './Described';
import { Tags } from './Tags';
import type { IEditing } from './useEditing';
import type { IGate, IModelHead, IUndo } from './types';

interface IProps {
  model: IModelHead;
  undo: IUndo | null;
  edit: IEditing;
  onBack(): void;
  onUndo(): void;
  draw(text: string): ReactElement;
}

/** The model: the way back, what it is, its tags, and the gates that stand before its stages. */
export function Header({ model, undo, edit, onBack, onUndo, draw }: IProps): ReactElement {
  const trans = useTranslation();
  const now = useNow();
  const [editing, setEditing] = useState(false);
  const facts = [
    ...(model.created === null ? [] : [trans.__('created %1', formatAgo(model.created, now, trans))]),
    ...(model.updated === null ? [] : [trans.__('changed %1', formatAgo(model.updated, now, trans))])
  ];
  return (
    <header className="jp-mlops-model-head">
      <div className="jp-mlops-crumbs">
        <nav aria-label={trans.__('Registry')}>
          <button type="button" className="jp-mlops-link" data-testid="mlops-models-back" onClick={onBack}>
            <Icon name="back" size={12} />
            {trans.__('Models')}
          </button>
        </nav>
        <span className="jp-mlops-quiet" aria-hidden="true">
          /
        </span>
        <h2 className="jp-mlops-clip" title={model.name}>
          {model.name}
        </h2>
        <span
          className="jp-mlops-quiet jp-mlops-clip"
          title={model.updated === null ? undefined : formatTime(model.updated)}
        >
          {facts.join(' · ')}
        </span>
      </div>
      <Described
        text={model.description}
        label={trans.__('Description of %1', model.name)}
        testid="mlops-model-description"
        locked={edit.locked}
        editing={editing}
        onEditing={setEditing}
        onSave={text => edit.describe(null, text)}
        draw={draw}
      />
      <dl className="jp-mlops-facts">
        <dt>{trans.__('Tags')}</dt>
        <dd>
          <Tags
            tags={model.tags}
            locked={edit.locked}
            onSet={(key, value) => edit.setTag(null, key, value)}
            onDelete={key => void edit.deleteTag(null, key)}
          />
        </dd>
        {model.gates.length > 0 && (
          <>
            <dt>{trans.__('Gates')}</dt>
            <dd>
              <Gates gates={model.gates} />
            </dd>
          </>
        )}
        {undo !== null && (
          <>
            <dt>{trans.__('Last move')}</dt>
            <dd className="jp-mlops-last-move">
              <span className="jp-mlops-clip" title={undo.text}>
                {undo.text}
              </span>
              <button
                type="button"
                className="jp-mlops-tool"
                data-testid="mlops-undo-last"
                disabled={edit.locked !== null}
                title={edit.locked ?? trans.__('Undo: %1', undo.text)}
                aria-label={trans.__('Undo the last move: %1', undo.text)}
                onClick={onUndo}
              >
                <Icon name="undo" /> {trans.__('Undo')}
              </button>
            </dd>
          </>
        )}
      </dl>
    </header>
  );
}

function Gates({ gates }: { gates: IGate[] }): ReactElement {
  const trans = useTranslation();
  const groups = new Map<string, IGate[]>();
  for (const gate of gates) {
    const where = gate.stage === null ? `@${gate.alias ?? ''}` : stageLabel(gate.stage, trans);
    groups.set(where, [...(groups.get(where) ?? []), gate]);
  }
  return (
    <ul className="jp-mlops-gates" data-testid="mlops-gates">
      {[...groups].map(([where, rules]) => (
        <li key={where}>
          <span>{where}</span>
          {rules.map(gate => (
            <code key={gate.id}>{gate.rule}</code>
          ))}
        </li>
      ))}
    </ul>
  );
}
