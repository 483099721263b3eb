/** `system` follows what the viewer's desktop says. */
export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

const key = 'theme';
const desktop = matchMedia('(prefers-color-scheme: dark)');

export function storedTheme(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system';
  } catch {
    return 'system'; // a browser that keeps nothing
  }
}

/** The styles know `data-theme` alone. */
export function applyTheme(theme: Theme): void {
  const shown = theme === 'system' ? (desktop.matches ? 'dark' : 'light') : theme;
  document.documentElement.dataset['theme'] = shown;
}

export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // it holds for this page then
  }
  applyTheme(theme);
}

/** Changes with the desktop, which may turn dark at sunset. */
export function followDesktop(): void {
  desktop.addEventListener('change', () => applyTheme(storedTheme()));
}
