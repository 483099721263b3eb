/** Where a value came from, strongest first. */
export type ValueSource = 'flag' | 'env' | '.env' | 'default';

/** A value that cannot be used. */
export interface ConfigProblem {
  /** Environment name of the option, or the `.env` file's path. */
  readonly option: string;
  readonly source: ValueSource;
  readonly message: string;
}
