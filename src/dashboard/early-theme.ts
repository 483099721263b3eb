import { applyTheme, followDesktop, storedTheme } from './theme';

/** Runs before the first paint, so that the other theme never flashes. */
applyTheme(storedTheme());
followDesktop();
