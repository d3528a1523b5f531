import { useEffect, type ReactElement, type ReactNode } from 'react';
import { Message } from '../../components/Message';
import { dict, list, text, textOrNull } from '../../components/parse';
import { useTranslation } from '../../components/translation';
import { useAnswer } from '../../components/useAnswer';
import { readGiven, RunButton, type IGiven } from '../../components/projects/RunButton';
import type { IPlaceProps } from '../../pages/places';

interface IColumn {
  name: string;
  type: string;
}

interface IFile {
  kind: string;
  sections: { title: string; rows: { key: string; value: string }[]; parameters: IGiven[] | null }[];
  signature: { inputs: IColumn[]; outputs: IColumn[]; params: IColumn[] } | null;
  requirements: string | null;
  example: string | null;
}

/** A file MLmodel or MLproject of the file browser, as the server reads it. */
export function FilePlace({ store, navigation, place, stamp }: IPlaceProps): ReactElement {
  const trans = useTranslation();
  const path = place.query.get('path') ?? '';
  const { data, problem, pending } = useAnswer(
    async () => readFile(await store.server.get('file', { path })),
    path,
    stamp
  );
  const folder = path.split('/').slice(-2).join('/');
  useEffect(() => navigation.named?.(folder), [navigation, folder]);
  return (
    <div className="jp-mlops-file-page" data-testid="mlops-file-page" aria-busy={pending}>
      <h1 title={path}>{folder}</h1>
      {problem !== null && <Message title={trans.__('The file can not be read')} text={problem} />}
      {data?.signature && (
        <>
          <Columns title={trans.__('Inputs')} columns={data.signature.inputs} />
          <Columns title={trans.__('Outputs')} columns={data.signature.outputs} />
          <Columns title={trans.__('Parameters')} columns={data.signature.params} />
        </>
      )}
      {data?.sections.map(({ title, rows, parameters }) => (
        <Facts key={title} title={title} rows={rows}>
          {parameters !== null && <RunButton path={path} entryPoint={title} parameters={parameters} />}
        </Facts>
      ))}
      {data !== null && data.requirements !== null && (
        <Text title={trans.__('Requirements')} content={data.requirements} />
      )}
      {data !== null && data.example !== null && (
        <Text title={trans.__('Input example')} content={data.example} />
      )}
    </div>
  );
}

interface IFacts {
  title: string;
  rows: { key: string; value: string }[];
  children?: ReactNode;
}

function Facts({ title, rows, children }: IFacts): ReactElement | null {
  return rows.length === 0 ? null : (
    <section aria-label={title}>
      <h2>{title}</h2>
      {children}
      <table>
        <tbody>
          {rows.map(({ key, value }) => (
            <tr key={key}>
              <th scope="row">{key}</th>
              <td>{value}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Columns({ title, columns }: { title: string; columns: IColumn[] }): ReactElement | null {
  return <Facts title={title} rows={columns.map(({ name, type }) => ({ key: name, value: type }))} />;
}

function Text({ title, content }: { title: string; content: string }): ReactElement {
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <pre tabIndex={0}>{content}</pre>
    </section>
  );
}

function readFile(answer: unknown): IFile {
  const { kind, sections, signature, requirements, example } = dict(answer);
  const columns = (value: unknown): IColumn[] =>
    list(value, one => ({ name: text(dict(one).name), type: text(dict(one).type) }));
  const { inputs, outputs, params } = dict(signature);
  return {
    kind: text(kind),
    sections: list(sections, one => ({
      title: text(dict(one).title),
      parameters: readGiven(dict(one).parameters),
      rows: list(dict(one).rows, row => ({ key: text(dict(row).key), value: text(dict(row).value) }))
    })),
    signature:
      signature === null
        ? null
        : { inputs: columns(inputs), outputs: columns(outputs), params: columns(params) },
    requirements: textOrNull(requirements),
    example: textOrNull(example)
  };
}
