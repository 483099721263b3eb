import { circumstance } from '../core/circumstances/catalogue';
import type { Finding, Image, Manifest } from '../core/inspection';

/** Types that RAUC writes to a slot block by block. Not archives, UBI volumes or casync's. */
const blockTypes = new Set(['raw', 'ext4', 'vfat', 'squashfs']);
/** The block size of `block-hash-index`: an image that is no multiple of it has no index. */
const blockSizeBytes = 4096;

/** What could be better about a sound manifest but does no harm. */
export function manifestHints(manifest: Manifest): Finding[] {
  const slow = manifest.images.filter(
    (image) => couldBeAdaptive(manifest, image) && image.adaptive.length === 0,
  );
  if (slow.length === 0) return [];
  const files = slow.map(({ filename }) => filename ?? '');
  return [{ code: 'no-adaptive-index', message: circumstance('index-missing', { files }) }];
}

/** Whether `rauc bundle` can make a block-hash-index of an image, and a device use it (RAUC manual, "Adaptive updates"). */
function couldBeAdaptive({ format }: Manifest, image: Image): boolean {
  const { type, sizeBytes } = image;
  return (
    format !== 'plain' && // it is downloaded as a whole anyway
    image.filename !== null &&
    type !== null && // an artifact has none
    blockTypes.has(type) &&
    sizeBytes !== null &&
    sizeBytes > 0 &&
    sizeBytes % blockSizeBytes === 0 &&
    !image.hooks.includes('install') // the hook writes it
  );
}
