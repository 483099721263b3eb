import type { Bundle } from '../../core/bundle';
import { namedImages } from '../../core/image-check';
import type { Finding } from '../../core/inspection';

/** Warns about a bundle that devices would download and then refuse. Says nothing while the check is running. */
export function warnOfImages({ name, imageCheck }: Bundle): readonly Finding[] {
  if (imageCheck.state !== 'mismatch') return [];
  const message = `${name} has images that do not match its manifest: ${namedImages(imageCheck.files)}. Devices that need them download it and refuse to install it. Build it again.`;
  return [{ code: 'images-mismatch', message }];
}
