import { open } from 'node:fs/promises';
import type { Config } from '../config/config';
import type { ImageCheck } from '../core/image-check';
import type { Inspection } from '../core/inspection';
import { type CheckProgress, checkImages } from '../rauc/check-images';
import { inspectBundle } from '../rauc/inspect';
import { type BundleSource, fileSource } from '../rauc/source';
import { readProfile } from './read-profile';

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
