/** Light or dark: as the system has it, or as somebody chose. */
import { useEffect, useState } from 'react';
import { read, write } from '../components/browserStore';

export const THEMES = ['auto', 'light', 'dark'] as const;
export type Theme = (typeof THEMES)[number];
const KEY = 'jupyter-mlops-theme';
const dark = window.matchMedia('(prefers-color-scheme: dark)');

function kept(): Theme {
  return THEMES.find(theme => theme === read(KEY)) ?? 'auto';
}

/** On the body as JupyterLab writes it, which is where charts look. */
function apply(theme: Theme): void {
  const isDark = theme === 'dark' || (theme === 'auto' && dark.matches);
  document.body.dataset.jpThemeLight = String(!isDark);
  document.body.dataset.jpThemeName = isDark ? 'dark' : 'light';
}

export function useTheme(): [Theme, (theme: Theme) => void] {
  const [theme, setTheme] = useState(kept);
  useEffect(() => {
    apply(theme);
    write(KEY, theme);
    const follow = (): void => apply(theme);
    dark.addEventListener('change', follow);
    return () => dark.removeEventListener('change', follow);
  }, [theme]);
  return [theme, setTheme];
}

/** Before anything is drawn. */
export function startTheme(): void {
  apply(kept());
}
