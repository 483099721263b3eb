/** Ids that may be only the first of `count`. */
export function named(ids: readonly string[], count: number): string {
  return `${ids.join(', ')}${count > ids.length ? ' and others' : ''}`;
}

/** @param what the word for one of them, such as `device` */
export function counted(count: number, what: string): string {
  return `${count} ${what}${count === 1 ? '' : 's'}`;
}
