import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import { createHash } from 'node:crypto';
import type { ImageCheck } from '../core/image-check';
import type { Inspection, Manifest } from '../core/inspection';
import { BrokenBundle } from './broken';
import { isChunkIndex } from './payload-images';
import type { BundleSource } from './source';
import { openSquashfs, type SquashfsReader } from './squashfs';

/** For all images together. A few bytes of squashfs can claim any number of zeros. */
const maxTotalBytes = 64 * 2 ** 30;

/** Receives the progress of a check: bytes hashed, and bytes to hash. */
export type CheckProgress = (doneBytes: number, totalBytes: number) => void;

/** The part of an inspection that says where the images are. */
export type Looked = Pick<Inspection, 'manifest' | 'payloadSizeBytes' | 'encrypted'>;

/**
 * Hashes the images in a payload, a block at a time, and compares them with the manifest. Inspect the bundle first.
 * @returns `not-checked`, with a reason, for what cannot be read here; rejects only when the source cannot be read
 */
export async function checkImages(
  source: BundleSource,
  { manifest, payloadSizeBytes, encrypted }: Looked,
  onProgress: CheckProgress = () => undefined,
): Promise<ImageCheck> {
  if (encrypted || manifest?.format === 'crypt') return notChecked(circumstance('payload-encrypted'));
  if (manifest === null || payloadSizeBytes === null) return notChecked(circumstance('manifest-unknown'));
  const hashes = expectedHashes(manifest);
  if (hashes.size === 0) return notChecked(circumstance('manifest-without-hashes'));
  try {
    const squashfs = await openSquashfs(source, payloadSizeBytes - (manifest.veritySizeBytes ?? 0));
    return 'unavailable' in squashfs
      ? notChecked(squashfs.unavailable)
      : await compare(squashfs, hashes, onProgress);
  } catch (error) {
    if (!(error instanceof BrokenBundle)) throw error;
    return notChecked(error.what);
  }
}

function notChecked(reason: Circumstance): ImageCheck {
  return { state: 'not-checked', reason };
}

/** The hashes in the manifest for each file; two images may share one. */
function expectedHashes({ images }: Manifest): ReadonlyMap<string, ReadonlySet<string>> {
  const hashes = new Map<string, Set<string>>();
  for (const { filename, sha256, converted } of images) {
    if (filename === null || sha256 === null || isChunkIndex(filename)) continue;
    if (converted.length > 0 && !converted.includes(filename)) continue; // present under its converted form
    hashes.set(filename, (hashes.get(filename) ?? new Set()).add(sha256.toLowerCase()));
  }
  return hashes;
}

async function compare(
  squashfs: SquashfsReader,
  hashes: ReadonlyMap<string, ReadonlySet<string>>,
  onProgress: CheckProgress,
): Promise<ImageCheck> {
  const found = await squashfs.findInRoot(hashes.keys());
  if ('unavailable' in found) return notChecked(found.unavailable);
  const wrong = new Set<string>();
  const files = [];
  for (const [name, expected] of hashes) {
    const entry = found.get(name);
    const file = entry && (await squashfs.openFile(entry));
    if (entry === undefined) wrong.add(name);
    else if (file === undefined) return notChecked(circumstance('image-not-a-file', { name }));
    else files.push({ name, expected, file });
  }
  const totalBytes = files.reduce((sum, { file }) => sum + file.sizeBytes, 0);
  if (totalBytes > maxTotalBytes) return notChecked(circumstance('images-too-large'));
  let doneBytes = 0;
  for (const { name, expected, file } of files) {
    const hash = createHash('sha256');
    for await (const piece of squashfs.content(file)) {
      hash.update(piece);
      doneBytes += piece.length;
      onProgress(doneBytes, totalBytes);
    }
    const actual = hash.digest('hex');
    if ([...expected].some((wanted) => wanted !== actual)) wrong.add(name);
  }
  return wrong.size === 0 ? { state: 'sound' } : { state: 'mismatch', files: [...wrong] };
}
