/**
 * The closed set of what can be expected to go wrong. Each listener translates a code into its own language: HTTP
 * statuses and RFC 9457 problems, CLI exit codes.
 */
export const errorCodes = [
  'invalid-input',
  'unauthenticated',
  'forbidden',
  'not-found',
  'conflict',
  'too-large',
  'unsupported-media-type',
  'bundle-broken',
  'bundle-untrusted',
  'certificate-refused',
  'too-many-requests',
  'storage-full',
  'unavailable',
  'configuration',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

export interface DomainErrorOptions {
  /** What went wrong below, for the log. */
  readonly cause?: unknown;
  /** What the reader should do next, as one sentence. */
  readonly remedy?: string;
  /** Facts for machines, such as the list of bad fields. */
  readonly details?: Readonly<Record<string, unknown>>;
}

/** An expected failure with a code, a sentence for people and, where there is one, the remedy. */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly remedy: string | undefined;
  readonly details: Readonly<Record<string, unknown>> | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: DomainErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.remedy = options.remedy;
    this.details = options.details;
  }
}
