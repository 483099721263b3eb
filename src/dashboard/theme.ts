/** `system` follows the viewer's desktop. */
export type Theme = 'system' | 'light' | 'dark';
export const themes: readonly Theme[] = ['system', 'light', 'dark'];

const key = 'theme';
const desktop = matchMedia('(prefers-color-scheme: dark)');

export function storedTheme(): Theme {
  try {
    return themes.find((theme) => theme === localStorage.getItem(key)) ?? 'system';
  } catch {
    return 'system'; // a browser without storage
  }
}

/** The styles depend only on `data-theme`. */
export function applyTheme(theme: Theme): void {
  const shown = theme === 'system' ? (desktop.matches ? 'dark' : 'light') : theme;
  document.documentElement.dataset['theme'] = shown;
}

export function chooseTheme(theme: Theme): void {
  try {
    localStorage.setItem(key, theme);
  } catch {
    // then the theme applies to this page only
  }
  applyTheme(theme);
}

/** Follows the desktop, which may turn dark at sunset. */
export function followDesktop(): void {
  desktop.addEventListener('change', () => applyTheme(storedTheme()));
}
