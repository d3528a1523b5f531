import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useId, useMemo, useRef, useState, type ReactElement } from 'react';
import { Caret } from '../Caret';
import { formatBytes, lastPart } from '../formats';
import { useTranslation } from '../translation';
import { treeKeys } from '../treeKeys';
import type { IArtifact } from './files';
import type { IFolders } from './useFolders';

interface INode {
  id: string;
  level: number;
  file: IArtifact | null;
  /** The folder that goes on here, or waits, or could not be read. */
  folder: string;
  /** How many are left there. */
  left: number;
  problem: string | null;
}

interface IProps {
  folders: IFolders;
  /** Of a search, in place of the tree. */
  found: IArtifact[] | null;
  path: string;
  url(path: string): string;
  onPath(path: string): void;
}

const HEIGHT = 28;

/** The files of a run as a tree that the arrow keys go through; only what is in sight is in the page. */
export function FileTree({ folders, found, path, url, onPath }: IProps): ReactElement {
  const trans = useTranslation();
  const domId = useId();
  const scroller = useRef<HTMLDivElement>(null);
  const [open, setOpen] = useState<ReadonlySet<string>>(() => new Set(above(path)));
  const [active, setActive] = useState<string | null>(null);
  const nodes = useMemo(
    () => (found === null ? nodesOf(folders, open, '', 1) : found.map(file => nodeOf(file, 1))),
    [folders, open, found]
  );
  useEffect(() => {
    open.forEach(folder => folders.of(folder) === undefined && folders.more(folder));
  }, [open]);
  const virtual = useVirtualizer({
    count: nodes.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => HEIGHT,
    initialRect: { width: 300, height: 500 },
    overscan: 10
  });
  const at = nodes.findIndex(({ id }) => id === (active ?? path));
  const toggle = (folder: string): void => {
    const next = new Set(open);
    next[open.has(folder) ? 'delete' : 'add'](folder);
    setOpen(next);
  };
  const choose = (node: INode): void => {
    setActive(node.id);
    if (node.file === null) {
      folders.more(node.folder);
    } else if (node.file.isFolder) {
      toggle(node.file.path);
    } else {
      onPath(node.file.path);
    }
  };
  const onKeyDown = treeKeys({
    length: nodes.length,
    at,
    isOpen: place => {
      const file = nodes[place]?.file;
      return file?.isFolder === true ? open.has(file.path) : undefined;
    },
    above: place => nodes.findIndex(({ id }) => id === parentOf(nodes[place]?.id ?? '')),
    move: to => {
      setActive(nodes[to]?.id ?? null);
      virtual.scrollToIndex(to, { align: 'auto' });
    },
    toggle: place => toggle(nodes[place]?.file?.path ?? ''),
    choose: place => nodes[place] && choose(nodes[place])
  });
  return (
    <div
      ref={scroller}
      className="jp-mlops-tree"
      role="tree"
      tabIndex={0}
      aria-label={trans.__('Files')}
      aria-activedescendant={at >= 0 ? `${domId}${at}` : undefined}
      data-testid="mlops-file-tree"
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start }) => {
          const node = nodes[index];
          return (
            node !== undefined && (
              <Item
                key={node.id}
                id={`${domId}${index}`}
                node={node}
                start={start}
                isActive={index === at}
                isOpen={node.file !== null && open.has(node.file.path)}
                isChosen={node.file?.path === path}
                isFlat={found !== null}
                url={url}
                onChoose={() => choose(node)}
              />
            )
          );
        })}
      </div>
    </div>
  );
}

interface IItem {
  id: string;
  node: INode;
  start: number;
  isActive: boolean;
  isOpen: boolean;
  isChosen: boolean;
  /** Whether all of the path is shown. */
  isFlat: boolean;
  url(path: string): string;
  onChoose(): void;
}

function Item({ id, node, start, isActive, isOpen, isChosen, isFlat, url, onChoose }: IItem): ReactElement {
  const trans = useTranslation();
  const { file, level } = node;
  const name = file === null ? '' : isFlat ? file.path : lastPart(file.path);
  return (
    <div
      id={id}
      role="treeitem"
      className="jp-mlops-tree-item"
      aria-level={level}
      aria-expanded={file?.isFolder === true ? isOpen : undefined}
      aria-selected={isChosen}
      data-active={isActive || undefined}
      data-testid={
        file === null ? 'mlops-more-files' : file.isFolder ? 'mlops-artifact-folder' : 'mlops-artifact'
      }
      data-path={file?.path}
      style={{ transform: `translateY(${start}px)`, paddingInlineStart: 6 + (level - 1) * 16 }}
      onClick={onChoose}
    >
      {file === null ? (
        <span className={node.problem === null ? 'jp-mlops-quiet' : 'jp-mlops-error'}>
          {node.problem ??
            (node.left > 0 ? trans._n('%1 more…', '%1 more…', node.left) : trans.__('Loading…'))}
        </span>
      ) : (
        <>
          <Caret isThere={file.isFolder} />
          <span className="jp-mlops-clip" title={file.path}>
            {name}
            {file.isFolder && '/'}
          </span>
          {!file.isFolder && (
            <>
              <span className="jp-mlops-quiet jp-mlops-file-size">
                {file.size === null ? '' : formatBytes(file.size)}
              </span>
              <a
                className="jp-mlops-link"
                href={url(file.path)}
                download={lastPart(name)}
                tabIndex={-1}
                aria-label={trans.__('Download %1', name)}
                title={trans.__('Download %1', name)}
                onClick={event => event.stopPropagation()}
              >
                ↓
              </a>
            </>
          )}
        </>
      )}
    </div>
  );
}

function nodeOf(file: IArtifact, level: number): INode {
  return { id: file.path, level, file, folder: '', left: 0, problem: null };
}

function nodesOf(folders: IFolders, open: ReadonlySet<string>, folder: string, level: number): INode[] {
  const content = folders.of(folder);
  const files = content?.files ?? [];
  const nodes = files.flatMap(file => [
    nodeOf(file, level),
    ...(file.isFolder && open.has(file.path) ? nodesOf(folders, open, file.path, level + 1) : [])
  ]);
  const left = (content?.total ?? 0) - files.length;
  const problem = content?.problem ?? null;
  const isRest = left > 0 || problem !== null || (files.length === 0 && content?.pending !== false);
  return isRest ? [...nodes, { id: `${folder}/ more`, level, file: null, folder, left, problem }] : nodes;
}

function above(path: string): string[] {
  const parts = path.split('/').slice(0, -1);
  return parts.map((_, at) => parts.slice(0, at + 1).join('/'));
}

function parentOf(path: string): string {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
