/** The notation of the API: `retry_after_seconds` for `retryAfterSeconds`. */
export function snakeCase(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return renamed(facts, (name) => name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`));
}

/** The reverse of {@link snakeCase}. */
export function camelCase(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return renamed(facts, (name) => name.replaceAll(/_([a-z])/g, (_, letter: string) => letter.toUpperCase()));
}

function renamed(
  facts: Readonly<Record<string, unknown>>,
  rename: (name: string) => string,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]) => [rename(name), renamedValue(value, rename)]),
  );
}

function renamedValue(value: unknown, rename: (name: string) => string): unknown {
  if (Array.isArray(value)) return value.map((item) => renamedValue(item, rename));
  return isFacts(value) ? renamed(value, rename) : value;
}

/** Whether it has fields of its own; a list or a date has none. */
function isFacts(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}
