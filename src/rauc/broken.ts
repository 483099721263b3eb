import { circumstance } from '../core/circumstances/catalogue';
import { sayWhy } from '../core/circumstances/sentences';
import type { Finding } from '../core/inspection';
import type { Circumstance, Why } from '../core/reasons/why';
import { Malformed } from '../x509/malformed';

/** Thrown inside `src/rauc` when bytes are not a sound bundle; `inspectBundle` turns it into a finding. */
export class BrokenBundle extends Error {
  override readonly name = 'BrokenBundle';

  constructor(
    /** Stable code of the finding, such as `signature-length`. */
    readonly code: string,
    readonly what: Circumstance,
  ) {
    super(sayWhy(what));
  }

  get finding(): Finding {
    return { code: this.code, message: this.what };
  }
}

export function malformed(why: Why): BrokenBundle {
  return new BrokenBundle('signature-encoding', circumstance('signature-unreadable', { why }));
}

/**
 * Reads a part of a signature.
 * @throws BrokenBundle `signature-encoding` for any fault that the reader has no better code for
 */
export function readOfSignature<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (error instanceof BrokenBundle) throw error;
    if (error instanceof Malformed) throw malformed(error.what);
    throw malformed(error instanceof Error ? error.message : String(error));
  }
}
