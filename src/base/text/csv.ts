/**
 * What makes a spreadsheet run a value, or skip to a part that it runs (OWASP, CSV injection), including full-width characters.
 */
const formulaStart = /^\s*[=+\-@\uFF1D\uFF0B\uFF0D\uFF20]|^[\t\r\n]/;
/** Values that need no quotes in any dialect of CSV. */
const plain = /^[\w.:/-]*$/;

/**
 * One line of CSV (RFC 4180), with its end. A value that a spreadsheet would run as a formula gets an apostrophe before it, which
 * makes it text there.
 */
export function csvLine(values: readonly string[]): string {
  return `${values.map(csvValue).join(',')}\r\n`;
}

function csvValue(value: string): string {
  const text = formulaStart.test(value) ? `'${value}` : value;
  return plain.test(text) ? text : `"${text.replaceAll('"', '""')}"`;
}
