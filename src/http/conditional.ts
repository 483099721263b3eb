/** What identifies the current representation (RFC 9110, section 8.8). */
export interface Validators {
  /** With its quotes; always strong here. */
  readonly etag: string;
  /** `null` when there is no useful one. */
  readonly lastModified: Date | null;
}

/** The conditions of a request, as sent. */
export interface Conditions {
  readonly ifMatch: string | undefined;
  readonly ifNoneMatch: string | undefined;
  readonly ifUnmodifiedSince: string | undefined;
  readonly ifModifiedSince: string | undefined;
}

export type Condition = 'proceed' | 'not-modified' | 'failed';

/** Evaluates the conditions of a GET or HEAD in the order of RFC 9110, section 13.2.2. */
export function evaluateConditions(conditions: Conditions, { etag, lastModified }: Validators): Condition {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifMatch !== undefined) {
    if (ifMatch.trim() !== '*' && !listed(ifMatch).includes(etag)) return 'failed';
  } else if (isAfter(lastModified, conditions.ifUnmodifiedSince) === true) {
    return 'failed';
  }
  if (ifNoneMatch !== undefined) {
    // Weak comparison (section 13.1.2): the prefix W/ does not count.
    const matches = ifNoneMatch.trim() === '*' || listed(ifNoneMatch.replace(/W\/"/g, '"')).includes(etag);
    return matches ? 'not-modified' : 'proceed';
  }
  return isAfter(lastModified, conditions.ifModifiedSince) === false ? 'not-modified' : 'proceed';
}

/**
 * Whether the Range header applies (RFC 9110, section 13.1.5): for the strong ETag, or for the exact date, because
 * the bytes behind a name never change.
 */
export function rangeCounts(ifRange: string | undefined, { etag, lastModified }: Validators): boolean {
  if (ifRange === undefined) return true;
  return ifRange === etag || (lastModified !== null && ifRange === lastModified.toUTCString());
}

/** The entity tags of a list; weak ones keep their `W/`, so that they match nothing. */
function listed(header: string): string[] {
  return header.match(/(?:W\/)?"[^"]*"/g) ?? [];
}

/** HTTP dates have no fractions of a second. `undefined` when a date is missing or malformed. */
function isAfter(lastModified: Date | null, header: string | undefined): boolean | undefined {
  const limitMs = header === undefined ? NaN : Date.parse(header);
  if (lastModified === null || Number.isNaN(limitMs)) return undefined;
  return Math.floor(lastModified.getTime() / 1000) > Math.floor(limitMs / 1000);
}
