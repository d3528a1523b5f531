import { MarkdownCell } from '@jupyterlab/cells';
import type { NotebookPanel } from '@jupyterlab/notebook';

/** Puts Markdown cells below the cell whose output holds a node, rendered. */
export function markdownInserter(panel: NotebookPanel): (node: HTMLElement, cells: string[]) => void {
  return (node, cells) => {
    const { content } = panel;
    const at = content.widgets.findIndex(one => one.node.contains(node)) + 1;
    content.model?.sharedModel.insertCells(
      at === 0 ? content.widgets.length : at,
      cells.map(source => ({ cell_type: 'markdown', source, metadata: {} }))
    );
    content.widgets.slice(at, at + cells.length).forEach(cell => {
      if (cell instanceof MarkdownCell) {
        cell.rendered = true;
      }
    });
  };
}
