import { DomainError } from '../core/errors';

/** Bytes are not the expected structure. The reader says what it was reading: a signature, a request. */
export class Malformed extends DomainError {
  constructor(
    /** Words that follow "it is malformed:". */
    readonly what: string,
  ) {
    super('invalid-input', `it is malformed: ${what}`);
  }
}
