/** Light or dark, as the host's text shows: hosts say it in many ways, but all colour their text. */
export function startTheme(place: HTMLElement): void {
  place.style.setProperty('--jp-layout-color0', groundOf(place));
  const tell = (): void => {
    const [r = 0, g = 0, b = 0] = (getComputedStyle(place).color.match(/[\d.]+/g) ?? []).map(Number);
    const isDark = 0.299 * r + 0.587 * g + 0.114 * b > 140;
    const { dataset } = document.body;
    if (dataset.jpThemeLight !== String(!isDark)) {
      dataset.jpThemeLight = String(!isDark);
      dataset.jpThemeName = isDark ? 'dark' : 'light'; // where charts look
    }
  };
  tell();
  const changes = new MutationObserver(tell);
  [document.documentElement, document.body].forEach(element =>
    changes.observe(element, { attributeFilter: ['class', 'theme', 'data-vscode-theme-kind'] })
  );
}

/** What the place stands on: parts of a view that stay in sight cover the others with it. */
function groundOf(place: HTMLElement): string {
  for (let element: Element | null = place; element !== null; element = element.parentElement) {
    const { backgroundColor } = getComputedStyle(element);
    if (!/^(transparent|rgba\(.*, 0\))$/.test(backgroundColor)) {
      return backgroundColor;
    }
  }
  return 'canvas';
}
