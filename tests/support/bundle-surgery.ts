import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspectBundle } from '../../src/rauc/inspect';
import type { VerificationProfile } from '../../src/rauc/profile';
import { bufferSource } from '../../src/rauc/source';
import type { Inspection } from '../../src/core/inspection';
import { mustRun, temporaryFolder } from './programs';
import type { Signer } from './test-pki';

/** A bundle in its parts: everything before the CMS, and the CMS. */
export interface BundleParts {
  readonly payload: Buffer;
  readonly cms: Buffer;
}

export function takeApart(bundle: Buffer): BundleParts {
  const cmsSize = Number(bundle.readBigUInt64BE(bundle.length - 8));
  const payloadSize = bundle.length - 8 - cmsSize;
  return {
    payload: bundle.subarray(0, payloadSize),
    cms: bundle.subarray(payloadSize, payloadSize + cmsSize),
  };
}

/** Assembles a bundle, with any length in its trailer. */
export function putTogether(parts: BundleParts, declaredLength = BigInt(parts.cms.length)): Buffer {
  const trailer = Buffer.alloc(8);
  trailer.writeBigUInt64BE(declaredLength);
  return Buffer.concat([parts.payload, parts.cms, trailer]);
}

/** The manifest inside the CMS of a verity or crypt bundle. */
export async function inlineManifest(cms: Buffer): Promise<string> {
  const file = path.join(await temporaryFolder(), 'cms');
  await writeFile(file, cms);
  const args = ['cms', '-verify', '-noverify', '-binary', '-inform', 'DER', '-in', file];
  return (await mustRun('openssl', args)).stdout;
}

export interface SignOptions {
  /** Whether to omit the content, as for a plain bundle. */
  readonly detached?: boolean;
  /** Further arguments for `openssl cms -sign`. */
  readonly extra?: readonly string[];
  readonly md?: string;
}

/** A CMS from `openssl cms -sign`, as a signing service would attach it with `rauc replace-signature`. */
export async function sign(
  content: Buffer | string,
  signer: Signer,
  options: SignOptions = {},
): Promise<Buffer> {
  const folder = await temporaryFolder();
  const input = path.join(folder, 'content');
  const output = path.join(folder, 'cms');
  await writeFile(input, content);
  await mustRun('openssl', [
    ...['cms', '-sign', '-binary', '-outform', 'DER', '-nosmimecap', '-md', options.md ?? 'sha256'],
    ...['-signer', signer.certPath, '-inkey', signer.keyPath, '-in', input, '-out', output],
    ...(options.detached === true ? [] : ['-nodetach']),
    ...(options.extra ?? []),
  ]);
  return readFile(output);
}

/** RAUC's defaults, with a keyring. */
export async function profileFor(
  keyringPath: string,
  changes: Partial<VerificationProfile> = {},
): Promise<VerificationProfile> {
  return {
    anchorsPem: await readFile(keyringPath, 'utf8'),
    purpose: 'smimesign',
    allowPartialChain: false,
    checkCrl: false,
    timeSource: 'clock',
    allowedSignerCns: [],
    ...changes,
  };
}

/** A date on which the tests' certificates are valid; a real `rauc` uses the wall clock. */
export const testNow = new Date('2026-11-15T12:00:00Z');

export async function inspectBytes(
  bundle: Buffer,
  profile: VerificationProfile,
  now = testNow,
): Promise<Inspection> {
  return inspectBundle(bufferSource(bundle), profile, now);
}
