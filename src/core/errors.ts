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
  /** What went wrong below, for the log. */
  readonly cause?: unknown;
  /** What the reader should do next, as one sentence. */
  readonly remedy?: string | undefined;
  /** Facts for machines, such as the list of bad fields. */
  readonly details?: ErrorDetails;
  /** Why, for readers with wording of their own. */
  readonly reason?: Reason;
}

/** What comes with a reason of the catalogue. */
export interface CircumstanceOptions extends Pick<DomainErrorOptions, 'cause' | 'details'> {
  /** The kind of failure, where it is not the usual one of this reason. */
  readonly code?: ErrorCode;
}

type Rest<Code extends ReasonCode> =
  object extends ParametersOf<Code>
    ? [parameters?: ParametersOf<Code>, options?: CircumstanceOptions]
    : [parameters: ParametersOf<Code>, options?: CircumstanceOptions];

/**
 * An expected failure: its kind, and a reason of the catalogue with what its sentence needs. The sentence is made by who tells it;
 * `message` and `remedy` have it in English, for logs and terminals.
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

  /** The same failure of another kind, for a caller that knows better whose fault it is. */
  ofKind(code: ErrorCode): DomainError {
    const { message, remedy, details, reason } = this;
    return new DomainError(code, message, {
      cause: this,
      remedy,
      ...(details === undefined ? {} : { details }),
      ...(reason === undefined ? {} : { reason }),
    });
  }

  /** @param parameters what the words of the reason need: the compiler knows it by the code */
  static of<Code extends ReasonCode>(reasonCode: Code, ...[given, options = {}]: Rest<Code>): DomainError {
    const { code = catalogue[reasonCode].code, ...circumstances } = options;
    const reason = { code: reasonCode, parameters: { ...given } };
    // Bundled, a class that names itself gets another name, which logs would show.
    return new this(code, sentenceOf(reason), {
      ...circumstances,
      remedy: remedyOf(reason),
      reason,
    });
  }
}
