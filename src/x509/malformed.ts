import { circumstance } from '../core/circumstances/catalogue';
import { sayWhy } from '../core/circumstances/sentences';
import { DomainError } from '../core/errors';
import type { Circumstance } from '../core/reasons/why';

/** Bytes are not the expected structure. The reader says what it was reading: a signature, a request. */
export class Malformed extends DomainError {
  constructor(
    /** What is wrong with it. */
    readonly what: Circumstance,
  ) {
    super('invalid-input', sayWhy(circumstance('malformed', { why: what })), {
      reason: { code: 'encoding-malformed', parameters: { why: what } },
    });
  }
}
