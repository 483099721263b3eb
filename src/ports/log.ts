/** Where services tell what a person should know; a pino logger fits. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  /** A person must act now. */
  error(facts: object, message: string): void;
}

/** Where listeners tell what happens; a pino logger fits. */
export interface RequestLog extends Log {
  debug(facts: object, message: string): void;
}
