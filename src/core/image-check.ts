import type { Why } from './reasons/why';

/** The result of hashing the images of a bundle and comparing them with its manifest. */
export type ImageCheck =
  | { readonly state: 'sound' }
  /** Devices that need one of these files refuse the bundle, even if its signature is valid. */
  | { readonly state: 'mismatch'; readonly files: readonly string[] }
  | { readonly state: 'not-checked'; readonly reason: Why };

/** The check of a stored bundle, whose images are hashed after the upload. That takes a while. */
export type StoredImageCheck =
  | ImageCheck
  /** `tries` counts the checks that were begun, so that a check that crashes the process is not repeated forever. */
  | { readonly state: 'being-checked'; readonly tries: number };

export const imageCheckStates = [
  'being-checked',
  'sound',
  'mismatch',
  'not-checked',
] as const satisfies readonly StoredImageCheck['state'][];

export const notYetChecked: StoredImageCheck = { state: 'being-checked', tries: 0 };

/** How many files a sentence names. */
export const maxNamedImages = 5;

/** `an image that does not match its manifest: rootfs.img`, as in "the bundle has …". Parameters: {@link namedImages} */
export function mismatchingImages(files: readonly string[], count = files.length): string {
  const images = count === 1 ? 'an image that does' : 'images that do';
  return `${images} not match its manifest: ${namedImages(files, count)}`;
}

/**
 * The names of files that do not match the manifest, for a sentence.
 * @param count of all such files, if `files` are only the first
 */
export function namedImages(files: readonly string[], count = files.length): string {
  const more = count - maxNamedImages;
  return `${files.slice(0, maxNamedImages).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
