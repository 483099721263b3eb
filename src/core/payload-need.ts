import type { Bundle } from './bundle';
import type { Image } from './inspection';

/** How much of a bundle's payload an installation needs, in bytes; 0 when unknown. */
export interface PayloadNeed {
  /** With fewer bytes, no device can have written an image, so a device that stopped there failed. */
  readonly leastBytes: number;
  /** With fewer bytes, a device that installs every image of the bundle is not done, so one that booted there was interrupted. */
  readonly wholeBytes: number;
}

const unknownNeed: PayloadNeed = { leastBytes: 0, wholeBytes: 0 };

/** Files that are not images, tables of the squashfs, and bytes whose count was lost in a crash of the server. */
const slack = 0.1;
/** How much better than the others the smallest image may be compressed. */
const compressionSpread = 8;

/**
 * Estimates how much of a bundle's payload devices must read at least.
 *
 * Both bounds are low on purpose. RAUC reads each image whole, whatever a page cache holds, unless it is adaptive, kept as an
 * artifact, converted, or installed by a hook or handler: for such a bundle nothing is known. The payload is compressed, but a
 * manifest lists uncompressed sizes. So the estimate starts from the payload without its hash tree. Of several images, only the
 * smallest one's share counts, allowing for better compression than that of the others. One image is enough, because RAUC may
 * skip slots that are already equal (`install-same=false`) and does not read images of other variants.
 */
export function payloadNeed({
  inspection,
  sizeBytes,
}: Pick<Bundle, 'inspection' | 'sizeBytes'>): PayloadNeed {
  const { manifest, encrypted, payloadSizeBytes } = inspection;
  if (manifest === null || encrypted || manifest.handler !== null) return unknownNeed;
  const { images } = manifest;
  if (images.length === 0 || !images.every(isReadWhole)) return unknownNeed;
  const dataBytes = Math.max(0, (payloadSizeBytes ?? sizeBytes) - (manifest.veritySizeBytes ?? 0));
  const leastBytes = Math.floor(dataBytes * smallestShare(images));
  const hasVariants = images.some(({ variant }) => variant !== null);
  return { leastBytes, wholeBytes: hasVariants ? leastBytes : Math.floor(dataBytes * (1 - slack)) };
}

function isReadWhole({ filename, type, artifact, adaptive, convert, hooks }: Image): boolean {
  if (filename === null || artifact !== null || /\.ca(ibx|idx)$/.test(filename) || type === 'emptyfs')
    return false;
  return adaptive.length === 0 && convert.length === 0 && !hooks.includes('install');
}

function smallestShare(images: readonly Image[]): number {
  if (images.length === 1) return 1 / 2;
  const sizes = images.map(({ sizeBytes }) => sizeBytes ?? 0);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  return total === 0 ? 0 : Math.min(...sizes) / total / compressionSpread;
}
