import { generateKeyPairSync, type KeyObject } from 'node:crypto';

/** A public key of each kind that a reader of signatures must know, and one that cannot sign. */
const keys: Readonly<Record<string, KeyObject>> = {
  rsa: generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey,
  'rsa-pss': generateKeyPairSync('rsa-pss', { modulusLength: 1024 }).publicKey,
  ec: generateKeyPairSync('ec', { namedCurve: 'prime256v1' }).publicKey,
  ed25519: generateKeyPairSync('ed25519').publicKey,
  ed448: generateKeyPairSync('ed448').publicKey,
  x25519: generateKeyPairSync('x25519').publicKey,
};
export const kinds = Object.keys(keys);
export function keyOf(kind: string): KeyObject {
  const key = keys[kind];
  if (key === undefined) throw new Error(`no key ${kind}`);
  return key;
}
