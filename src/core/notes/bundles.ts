import { namedImages } from '../image-check';

/** What is told about a bundle beside a code, such as a warning. */
export const bundleNotes = {
  imagesMismatch: (name: string, files: readonly string[]) =>
    `${name} has images that do not match its manifest: ${namedImages(files)}. Devices that need them download it and refuse to install it. Build it again.`,
  labelWithoutDevices: (compatible: string, channel: string, label: string) =>
    `no device of ${compatible} (${channel}) has the label ${label}: its step reaches nobody`,
  notChecked: (tries: number, why: string) =>
    `the check ended early ${tries} times (${why}); upload the bundle again to have it checked`,
  serverEnded: () => 'the server ended during each check',
  noReason: () => 'no reason is known',
  beingJudged: () => 'its signature is being checked against the current keyring',
  untrusted: (why: string) => `it is not trusted: ${why}`,
};

/** Why there is a compatible for devices that name none, or why not. */
export const defaultCompatibleNotes = {
  configured: 'it is configured',
  'nothing-released': 'nothing is released',
  ambiguous: 'several compatibles have a release and none is configured as the default',
  'only-one': 'it is the only compatible with a release',
} as const;

export function nothingReleased(compatible: string): string {
  return `nothing is released for ${compatible}`;
}
