import type { Finding } from './inspection';
import { catalogue, type ParametersOf, type Reason, type ReasonCode } from './reasons/catalogue';
import type { ErrorCode } from './reasons/error-code';
import { remedyOf, sentenceOf } from './reasons/sentences';

export { errorCodes, type ErrorCode } from './reasons/error-code';

/** Facts for machines. */
export interface ErrorDetails extends Readonly<Record<string, unknown>> {
  /** What was found in a bundle; the API calls them `reasons`. */
  readonly findings?: readonly Finding[];
}

export interface DomainErrorOptions {
  /** The underlying error, for the log. */
  readonly cause?: unknown;
  /** What the reader should do next, as one sentence. */
  readonly remedy?: string | undefined;
  /** Facts for machines, such as the list of bad fields. */
  readonly details?: ErrorDetails;
  /** The reason, for clients that use their own words. */
  readonly reason?: Reason;
}

/** What may accompany a reason of the catalogue. */
export interface CircumstanceOptions extends Pick<DomainErrorOptions, 'cause' | 'details'> {
  /** The kind of failure, if it differs from the usual one for this reason. */
  readonly code?: ErrorCode;
}

type Rest<Code extends ReasonCode> =
  object extends ParametersOf<Code>
    ? [parameters?: ParametersOf<Code>, options?: CircumstanceOptions]
    : [parameters: ParametersOf<Code>, options?: CircumstanceOptions];

/**
 * An expected failure: its kind, and a reason of the catalogue with the parameters of its sentence. The code that shows the failure
 * makes the sentence; `message` and `remedy` hold it in English, for logs and terminals.
 */
export class DomainError extends Error {
  override readonly name = 'DomainError';
  readonly remedy: string | undefined;
  readonly details: ErrorDetails | undefined;
  readonly reason: Reason | undefined;

  constructor(
    readonly code: ErrorCode,
    message: string,
    options: DomainErrorOptions = {},
  ) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.remedy = options.remedy;
    this.details = options.details;
    this.reason = options.reason;
  }

  /** The same failure with another kind, for a caller that knows better who caused it. */
  ofKind(code: ErrorCode): DomainError {
    const { message, remedy, details, reason } = this;
    return new DomainError(code, message, {
      cause: this,
      remedy,
      ...(details === undefined ? {} : { details }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** @param parameters of the reason's sentence; their type follows from the code */
  static of<Code extends ReasonCode>(reasonCode: Code, ...[given, options = {}]: Rest<Code>): DomainError {
    const { code = catalogue[reasonCode].code, ...circumstances } = options;
    const reason = { code: reasonCode, parameters: { ...given } };
    // The bundler renames a class that refers to itself by name, and logs would show the new name.
    return new this(code, sentenceOf(reason), {
      ...circumstances,
      remedy: remedyOf(reason),
      reason,
    });
  }
}
