/** Cells of Markdown that the host puts below the cell that shows a view. */
import { createContext } from 'react';

/** Null where the host has no cells. */
export const MarkdownCells = createContext<((cells: string[]) => void) | null>(null);
