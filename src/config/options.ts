import { bundleOptions } from './options/bundle';
import { clientOptions } from './options/client';
import { deviceOptions } from './options/device';
import { folderOptions } from './options/folder';
import { listenerOptions } from './options/listener';
import { objectStoreOptions } from './options/object-store';
import { rolloutOptions } from './options/rollout';
import { processOptions } from './options/process';
import type { Option } from './options/option';
import type { ValueType } from './value-types/value-type';

/**
 * Every option, in the order in which people read about them. Flags are the key in kebab case
 * ({@link flagName}); the README's table and `.env.example` are generated from this table.
 */
export const options = {
  ...folderOptions,
  ...listenerOptions,
  ...bundleOptions,
  ...deviceOptions,
  ...rolloutOptions,
  ...processOptions,
  ...objectStoreOptions,
  ...clientOptions,
} as const;

export type OptionKey = keyof typeof options;

/** The typed value of an option. */
export type OptionValue<K extends OptionKey> = (typeof options)[K] extends {
  type: ValueType<infer T>;
  default: infer D;
}
  ? D extends null
    ? T | null
    : T
  : never;

export const optionKeys = Object.keys(options) as readonly OptionKey[];

/** An option of the table, for readers that do not need the type of its value. */
export function getOption(key: OptionKey): Option<unknown> {
  return options[key];
}

/** `devicePort` becomes `--device-port`. */
export function flagName(key: OptionKey): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}
