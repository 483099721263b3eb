import type { Actor } from '../../../core/event';

/** Who asks, as the fields of a request to a service. */
export function by({ name, address }: Actor): { readonly actor: string; readonly address: string | null } {
  return { actor: name, address };
}

/** Without what is not given. */
export function defined<T extends object>(fields: T): { [Key in keyof T]?: Exclude<T[Key], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [Key in keyof T]?: Exclude<T[Key], undefined>;
  };
}
