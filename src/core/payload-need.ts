import type { Bundle } from './bundle';
import type { Image } from './inspection';

/** How much of a bundle's payload an installation takes, in bytes; 0 when unknown. */
export interface PayloadNeed {
  /** With fewer, no device can have written an image: one that stopped there failed. */
  readonly leastBytes: number;
  /** With fewer, a device that installs every image of the bundle is not done: one that booted there was interrupted. */
  readonly wholeBytes: number;
}

const unknownNeed: PayloadNeed = { leastBytes: 0, wholeBytes: 0 };

/** Files that are no image, tables of the squashfs, and bytes of which a crash of the server took the count. */
const slack = 0.1;
/** How much better the smallest image may be compressed than the others are. */
const compressionSpread = 8;

/**
 * Tells how much of a bundle's payload devices read at least.
 *
 * Both bounds are low on purpose. RAUC reads each image whole, whatever a page cache holds, unless it is adaptive, is kept as an
 * artifact, is converted, or has a hook or handler of its own that does the installing: of such a bundle nothing is known. What is
 * sent is compressed, while a manifest tells sizes of what is written: so the payload without its hash tree counts, and of several
 * images the smallest one's share of it, with room for one that is compressed better than the others. One image is enough, because
 * slots that are equal already may be skipped (`install-same=false`), and images of other variants are not read.
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
