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
      const { target } = event;
      if (target instanceof Element && target.closest('.jp-mlops-view') !== null) {
        const combination = (event.ctrlKey || event.metaKey) && event.key !== 'a';
        const runs = event.key === 'Enter' && event.shiftKey;
        // On the target itself: a shortcut may match it before an ancestor is asked.
        target.toggleAttribute(SUPPRESS, !combination && !runs);
      }
    },
    true
  );
}
