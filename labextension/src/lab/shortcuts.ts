/**
 * A notebook in command mode takes single keys as commands: an arrow leaves the cell, "d d" deletes
 * it. Inside our views such keys are ours; combinations such as Ctrl+S stay JupyterLab's.
 */
const SUPPRESS = 'data-lm-suppress-shortcuts';

export function guardShortcuts(): void {
  // On the window, because JupyterLab listens on the document.
  window.addEventListener(
    'keydown',
    event => {
      const view = event.target instanceof Element ? event.target.closest('.jp-mlops-view') : null;
      const combination = (event.ctrlKey || event.metaKey) && event.key !== 'a';
      const runs = event.key === 'Enter' && event.shiftKey;
      view?.toggleAttribute(SUPPRESS, !combination && !runs);
    },
    true
  );
}
