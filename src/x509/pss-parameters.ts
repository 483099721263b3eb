import { circumstance } from '../core/circumstances/catalogue';
import { type Algorithm, readAlgorithm } from './algorithm';
import type { Element } from './element';
import { Fields } from './fields';
import { Malformed } from './malformed';
import { readCount } from './primitives';
import { explicit } from './tags';

/** Dotted object identifiers, and bytes. */
export interface PssParameters {
  readonly hash: string;
  /** Hash of the mask generation function, MGF1. */
  readonly maskHash: string;
  readonly saltLength: number;
}

const sha1 = '1.3.14.3.2.26';
/** The one mask generation function in use (RFC 4055, section 2.2). */
export const mgf1 = '1.2.840.113549.1.1.8';
const defaultSaltLength = 20;
/** The only trailer field that exists (RFC 8017, appendix A.2.3). */
const trailer = 1;

/**
 * RSASSA-PSS-params (RFC 4055, section 3.1). The default of an omitted field is SHA-1.
 * @throws Malformed also for what OpenSSL refuses: another mask generation function or trailer, a negative salt length
 */
export function readPssParameters(parameters: Element | undefined): PssParameters {
  const fields = new Fields(parameters);
  const hash = fields.takeIf(explicit(0));
  const mask = fields.takeIf(explicit(1));
  const saltLength = fields.takeIf(explicit(2));
  const trailerField = fields.takeIf(explicit(3));
  fields.end();
  if (trailerField !== undefined && readCount(trailerField.inner()) !== trailer)
    throw new Malformed(circumstance('pss-trailer-unknown'));
  return {
    hash: hash === undefined ? sha1 : readAlgorithm(hash.inner()).id,
    maskHash: mask === undefined ? sha1 : maskHashOf(readAlgorithm(mask.inner())),
    saltLength: saltLength === undefined ? defaultSaltLength : readCount(saltLength.inner()),
  };
}

function maskHashOf({ id, parameters }: Algorithm): string {
  if (id !== mgf1) throw new Malformed(circumstance('mask-function-unknown'));
  return readAlgorithm(parameters).id;
}
