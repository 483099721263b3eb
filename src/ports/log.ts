/** Where services report what people should know; a pino logger will do. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  /** Someone must act now. */
  error(facts: object, message: string): void;
}

/** Where listeners report what happens; a pino logger will do. */
export interface RequestLog extends Log {
  debug(facts: object, message: string): void;
}
