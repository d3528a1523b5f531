/** Commands by which parts of the extension call each other. */
export const OPEN_PANEL = 'jupyter-mlops:open';
/** Shows a place of a store in the main area. */
export const OPEN_PAGE = 'jupyter-mlops:open-page';
