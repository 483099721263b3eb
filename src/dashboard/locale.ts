/** How dates and numbers are written for one viewer. */
export interface Formats {
  /** Day and time to the second. */
  readonly moment: (at: Date) => string;
  readonly day: (at: Date) => string;
  /** The time of day to the second. */
  readonly clock: (at: Date) => string;
  /** @param digits after the point, 0 when left out */
  readonly number: (value: number, digits?: number) => string;
}

/**
 * As a language and its country write them.
 * @param languages the viewer's, the best first; what no browser knows is passed over, and English is the last resort
 * @param timeZone that of the browser when left out
 */
export function formatsOf(languages: readonly string[], timeZone?: string): Formats {
  const locales = [...languages.filter(isKnown), 'en'];
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = new Intl.DateTimeFormat(locales, { ...options, ...(timeZone && { timeZone }) });
    return (at: Date) => format.format(at);
  };
  return {
    moment: dates({ dateStyle: 'medium', timeStyle: 'medium' }),
    day: dates({ dateStyle: 'medium' }),
    clock: dates({ timeStyle: 'medium' }),
    number: (value, digits = 0) =>
      value.toLocaleString(locales, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  };
}

/** Some browsers name what is no language, such as `en-US@posix`, and `Intl` throws at it. */
function isKnown(language: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  } catch {
    return false;
  }
}

/** Those of who looks at the page. */
export const formats = formatsOf(typeof navigator === 'undefined' ? [] : navigator.languages);

/** A whole number. */
export function formatCount(count: number): string {
  return formats.number(count);
}
