import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import { maxNamedImages } from '../core/image-check';
import type { Finding, Image, Manifest } from '../core/inspection';
import { BrokenBundle } from './broken';
import type { BundleSource } from './source';
import { openSquashfs } from './squashfs';

/**
 * Whether the files named in a manifest are in the payload, with the sizes stated. Makes no claim about a
 * payload that cannot be read here: encrypted, malformed, or with a compressor that we don't have.
 */
export async function imageWarnings(
  source: BundleSource,
  payloadSizeBytes: number,
  manifest: Manifest,
): Promise<Finding[]> {
  if (manifest.format === 'crypt') return [];
  const sizes = expectedFiles(manifest.images);
  if (sizes.size === 0) return [];
  try {
    return await compare(source, payloadSizeBytes - (manifest.veritySizeBytes ?? 0), sizes);
  } catch (error) {
    if (error instanceof BrokenBundle) return [];
    throw error;
  }
}

/**
 * The files that must be in the payload, with their size where the manifest states it. A converted image is present in
 * its converted form. Of an image that casync cut into chunks, only the index is present.
 */
function expectedFiles(images: readonly Image[]): ReadonlyMap<string, number | null> {
  const sizes = new Map<string, number | null>();
  for (const { filename, sizeBytes, converted } of images) {
    for (const name of converted) if (!sizes.has(name)) sizes.set(name, null);
    if (filename === null) continue;
    const isThere = converted.length === 0 || converted.includes(filename);
    if (isThere) sizes.set(filename, isChunkIndex(filename) ? null : sizeBytes);
  }
  return sizes;
}

/** Whether a file is the index of a casync chunk store: the manifest's size and hash are those of the original image. */
export function isChunkIndex(filename: string): boolean {
  return /\.(caibx|caidx)$/.test(filename);
}

async function compare(
  source: BundleSource,
  squashfsSizeBytes: number,
  sizes: ReadonlyMap<string, number | null>,
): Promise<Finding[]> {
  const squashfs = await openSquashfs(source, squashfsSizeBytes);
  if ('unavailable' in squashfs) return [];
  const found = await squashfs.findInRoot(sizes.keys());
  if ('unavailable' in found) return [];
  const missing: string[] = [];
  const others: Circumstance[] = [];
  for (const [name, sizeBytes] of sizes) {
    const entry = found.get(name);
    if (entry === undefined) {
      missing.push(name);
    } else if (sizeBytes !== null) {
      const file = await squashfs.openFile(entry);
      if (file !== undefined && file.sizeBytes !== sizeBytes)
        others.push(circumstance('file-size', { name, sizeBytes: file.sizeBytes, statedBytes: sizeBytes }));
    }
  }
  const warnings: Finding[] = [];
  if (missing.length > 0) {
    const files = missing.slice(0, maxNamedImages);
    const message = circumstance('files-missing', { files, count: missing.length });
    warnings.push({ code: 'image-missing', message });
  }
  if (others.length > 0) {
    const images = others.slice(0, maxNamedImages);
    const message = circumstance('file-sizes-wrong', { images, count: others.length });
    warnings.push({ code: 'image-size', message });
  }
  return warnings;
}
