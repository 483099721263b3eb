import { DomainError } from '../core/errors';

/** Bytes are not the structure that they are read as. Who reads says what was read: a signature, a request. */
export class Malformed extends DomainError {
  constructor(
    /** In the words that follow "it is malformed:". */
    readonly what: string,
  ) {
    super('invalid-input', `it is malformed: ${what}`);
  }
}
