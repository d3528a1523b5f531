/** What an output of ours is, and what a widget is, in a notebook's file. */
export const MIME = 'application/vnd.jupyter-mlops+json';
export const WIDGET_MIME = 'application/vnd.jupyter.widget-view+json';
