import type { Actor } from '../../../core/event';

/** The caller, as the fields of a request to a service. */
export function by({ name, address }: Actor): { readonly actor: string; readonly address: string | null } {
  return { actor: name, address };
}

/** Drops the fields that are `undefined`. */
export function defined<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
