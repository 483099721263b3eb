import type { ValueType } from '../value-types/value-type';

/** Who reads an option: the server (and the commands on its folders), or commands that talk to a running server. */
export type OptionScope = 'server' | 'client';

export interface Option<T> {
  /** Name of the environment variable, also in `.env`. */
  readonly env: string;
  readonly type: ValueType<T>;
  /** The unit of the typed value, if its type has one. */
  readonly unit?: 'bytes' | 'milliseconds';
  /** As a user would write it; `null` when there is none. */
  readonly default: string | null;
  /** Never show the value, not even when it is wrong. */
  readonly secret?: boolean;
  readonly scope: OptionScope;
  /** For the README and the help: one or two sentences. */
  readonly doc: string;
}

/** An option that always has a value. */
export interface OptionWithDefault<T> extends Option<T> {
  readonly default: string;
}

/** Keeps the type of the value, and whether there is a default, for the `OptionValue` of the table. */
export function server<T>(
  env: string,
  type: ValueType<T>,
  defaultText: string,
  doc: string,
): OptionWithDefault<T> {
  return { env, type, default: defaultText, scope: 'server', doc };
}

export function serverOptional<T>(
  env: string,
  type: ValueType<T>,
  doc: string,
): Option<T> & { default: null } {
  return { env, type, default: null, scope: 'server', doc };
}

export function clientOptional<T>(
  env: string,
  type: ValueType<T>,
  doc: string,
): Option<T> & { default: null } {
  return { env, type, default: null, scope: 'client', doc };
}
