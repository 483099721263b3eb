/** Variables by name. */
export type Environment = Readonly<Record<string, string | undefined>>;

/** The environment of this process: no other place reads it. */
export function processEnvironment(): Environment {
  return process.env;
}
