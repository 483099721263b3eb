/** How one viewer's dates and numbers are written. */
export interface Formats {
  /** Day and time to the second, and the zone that holds at that moment. */
  readonly moment: (at: Date) => string;
  readonly day: (at: Date) => string;
  /** The time of day to the second. */
  readonly clock: (at: Date) => string;
  /** @param digits digits after the decimal point; 0 when left out */
  readonly number: (value: number, digits?: number) => string;
}

/**
 * The formats of a language and its country.
 * @param languages the viewer's languages, in order of preference; unknown ones are skipped, and English is the last
 * resort
 * @param timeZone the browser's when left out
 */
export function formatsOf(languages: readonly string[], timeZone?: string): Formats {
  const locales = [...languages.filter(isKnown), 'en'];
  const formatOf = (options: Intl.DateTimeFormatOptions) =>
    new Intl.DateTimeFormat(locales, { ...options, ...(timeZone && { timeZone }) });
  const dates = (options: Intl.DateTimeFormatOptions) => {
    const format = formatOf(options);
    return (at: Date) => format.format(at);
  };
  const dayAndTime = dates({ dateStyle: 'medium', timeStyle: 'medium' });
  // `Intl` does not allow the zone together with `dateStyle`, so a second format names it.
  const zone = formatOf({ hour: 'numeric', timeZoneName: 'short' });
  return {
    moment: (at) => `${dayAndTime(at)} ${zoneAt(zone, at)}`,
    day: dates({ dateStyle: 'medium' }),
    clock: dates({ timeStyle: 'medium' }),
    number: (value, digits = 0) =>
      value.toLocaleString(locales, { minimumFractionDigits: digits, maximumFractionDigits: digits }),
  };
}

/** The zone's short name, summer or winter. */
function zoneAt(format: Intl.DateTimeFormat, at: Date): string {
  return format.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
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
