import type { Why } from './reasons/why';

/** What it came to when the images of a bundle were hashed and compared with its manifest. */
export type ImageCheck =
  | { readonly state: 'sound' }
  /** Devices that need one of these files refuse the bundle, however sound its signature is. */
  | { readonly state: 'mismatch'; readonly files: readonly string[] }
  | { readonly state: 'not-checked'; readonly reason: Why };

/** Of a stored bundle: its images are hashed after the upload, which takes a while. */
export type StoredImageCheck =
  | ImageCheck
  /** `tries` counts the checks that were begun, so that one that ends the process is not begun for ever. */
  | { readonly state: 'being-checked'; readonly tries: number };

export const imageCheckStates = [
  'being-checked',
  'sound',
  'mismatch',
  'not-checked',
] as const satisfies readonly StoredImageCheck['state'][];

export const notYetChecked: StoredImageCheck = { state: 'being-checked', tries: 0 };

/** So many are named in a sentence. */
export const maxNamedImages = 5;

/**
 * The names of files that a manifest does not fit, for a sentence.
 * @param count of all of them, where not all are at hand
 */
export function namedImages(files: readonly string[], count = files.length): string {
  const more = count - maxNamedImages;
  return `${files.slice(0, maxNamedImages).join(', ')}${more > 0 ? ` and ${more} more` : ''}`;
}
