import type { ValueSource } from './problem';
import type { Config } from './config';
import { getOption, type OptionKey } from './options';

/** An option as people are shown it. */
export interface ShownOption {
  /** Name of the environment variable. */
  readonly variable: string;
  /** As a user would write it; `null` when there is none, and for a secret. */
  readonly value: string | null;
  readonly isSet: boolean;
  readonly isSecret: boolean;
  readonly source: ValueSource;
  readonly doc: string;
}

/** The values of a configuration, without its secrets. */
export function showOption(config: Config, key: OptionKey): ShownOption {
  const { env, secret = false, type, doc } = getOption(key);
  const value = config[key];
  return {
    variable: env,
    value: value === null || secret ? null : type.format(value) || null,
    isSet: value !== null,
    isSecret: secret,
    source: config.sources[key],
    doc,
  };
}
