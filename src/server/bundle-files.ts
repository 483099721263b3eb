import { open, readFile } from 'node:fs/promises';
import type { Config } from '../config/config';
import { DomainError } from '../core/errors';
import type { ImageCheck } from '../core/image-check';
import type { Inspection } from '../core/inspection';
import { type CheckProgress, checkImages } from '../rauc/check-images';
import { inspectBundle } from '../rauc/inspect';
import { parseKeyring } from '../rauc/keyring';
import type { VerificationProfile } from '../rauc/profile';
import { type BundleSource, fileSource } from '../rauc/source';

/** How devices verify bundles, as configured. @throws DomainError `configuration` */
export async function readProfile(config: Config): Promise<VerificationProfile> {
  const anchorsPem = config.bundleKeyring === null ? null : await readKeyring(config.bundleKeyring);
  return {
    anchorsPem,
    purpose: config.bundlePurpose,
    allowPartialChain: config.bundlePartialChain,
    checkCrl: config.bundleCheckCrl,
    timeSource: config.bundleTimeSource,
    allowedSignerCns: config.bundleSignerCns,
  };
}

/** Inspects a bundle file under the configured profile, without a server. */
export async function inspectFile(file: string, config: Config): Promise<Inspection> {
  const profile = await readProfile(config);
  return withFile(file, (source) => inspectBundle(source, profile, new Date()));
}

/** Hashes the images of an inspected bundle file. */
export function checkFileImages(
  file: string,
  inspection: Inspection,
  onProgress: CheckProgress,
): Promise<ImageCheck> {
  return withFile(file, (source) => checkImages(source, inspection, onProgress));
}

async function withFile<Result>(
  file: string,
  use: (source: BundleSource) => Promise<Result>,
): Promise<Result> {
  const handle = await open(file, 'r');
  try {
    return await use(fileSource(handle, (await handle.stat()).size));
  } finally {
    await handle.close();
  }
}

async function readKeyring(file: string): Promise<string> {
  try {
    const pem = await readFile(file, 'utf8');
    parseKeyring(pem);
    return pem;
  } catch (cause) {
    if (cause instanceof DomainError) throw cause;
    throw DomainError.of('keyring-unreadable', { file }, { cause });
  }
}
