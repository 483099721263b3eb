/** Services report here what people should know, for example to a pino logger. */
export interface Log {
  info(facts: object, message: string): void;
  warn(facts: object, message: string): void;
  /** Someone must act now. */
  error(facts: object, message: string): void;
}

/** Listeners report here what happens, for example to a pino logger. */
export interface RequestLog extends Log {
  debug(facts: object, message: string): void;
}
