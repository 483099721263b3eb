/** How one viewer's dates and numbers are written. */
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
 * The formats of a language and its country.
 * @param languages the viewer's, in order of preference; unknown ones are skipped, and English is the last resort
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

/** Some browsers report an invalid language, such as `en-US@posix`, for which `Intl` throws. */
function isKnown(language: string): boolean {
  try {
    return Intl.DateTimeFormat.supportedLocalesOf(language).length > 0;
  } catch {
    return false;
  }
}

/** The viewer's formats. */
export const formats = formatsOf(typeof navigator === 'undefined' ? [] : navigator.languages);

/** A whole number. */
export function formatCount(count: number): string {
  return formats.number(count);
}
