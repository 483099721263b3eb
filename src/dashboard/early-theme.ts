import { applyTheme, followDesktop, storedTheme } from './theme';

/** Runs before the page is painted, so that nobody sees the other theme flash by. */
applyTheme(storedTheme());
followDesktop();
