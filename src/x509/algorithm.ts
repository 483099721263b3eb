import type { Element } from './element';
import { Fields } from './fields';
import { readOid } from './object-identifier';

/** An AlgorithmIdentifier (RFC 5280, section 4.1.1.2). */
export interface Algorithm {
  /** Dotted object identifier. */
  readonly id: string;
  readonly parameters: Element | undefined;
}

/** @throws Malformed */
export function readAlgorithm(element: Element | undefined): Algorithm {
  const fields = new Fields(element);
  const algorithm = { id: readOid(fields.takeAny()), parameters: fields.takeAny() };
  fields.end();
  return algorithm;
}
