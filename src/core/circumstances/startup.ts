import { counted } from '../../base/text/counted';
import type { Circumstances, SayWhy, Why } from '../reasons/why';

interface Released {
  compatible: string;
  bundle: string;
}

/** Why the start ignores something in the data folder, or changes it; for the log. */
export const startupCircumstances = {
  'file-not-plain': () => 'it is not a plain file, and is left alone',
  'bundle-file-missing': () =>
    'its file is missing: it is not served until the same bundle is uploaded or restored',
  'bundle-file-of-wrong-size': ({ sizeBytes, wantedBytes }: { sizeBytes: number; wantedBytes: number }) =>
    `its file has ${counted(sizeBytes, 'byte')} instead of ${wantedBytes}: it is not served until the same bundle is uploaded or restored`,
  'file-left-alone': ({ why }: { why: Why }, say: SayWhy) => `${say(why)}; the file is left alone`,
  'file-unreadable': ({ code }: { code: string }) => `it cannot be read (${code})`,
  'legacy-not-plain': () => 'it is not a plain file',
  'legacy-too-large': ({ maxBytes }: { maxBytes: number }) =>
    `it is larger than ${counted(maxBytes, 'byte')}`,
  'legacy-not-json': () => 'it is not JSON',
  'notes-ignored': ({ why }: { why: Why | null }, say: SayWhy) =>
    `it is ignored: ${why === null ? 'it is not an object' : say(why)}`,
  'not-taken-over': ({ why }: { why: string }) => `not taken over: ${why}`,
  'manifest-ignored': ({ why }: { why: Why | null }, say: SayWhy) =>
    `no release is taken from it: ${why === null ? 'compatible or filename is missing' : say(why)}`,
  'newer-manifest-counts': ({ bundle, compatible, newer }: Released & { newer: string }) =>
    `it names ${bundle} for ${compatible}, but ${newer} is newer and takes precedence`,
  'release-decided-here': ({ compatible }: { compatible: string }) =>
    `it is ignored: this server already has a release for ${compatible}`,
  'released-bundle-missing': ({ compatible, bundle }: Released) =>
    `nothing is released for ${compatible}: its bundle ${bundle} is missing or was refused`,
  'released-bundle-differs': ({ compatible, bundle }: Released) =>
    `nothing is released for ${compatible}: the content of ${bundle} differs from what the manifest says`,
  'released-as-before': ({ bundle, compatible, own }: Released & { own: string | null }) =>
    `${bundle} is released for ${compatible} as before, although it is for ${own ?? 'no compatible'}`,
  'release-not-taken-over': ({ why }: { why: string }) => `nothing is released: ${why}`,
} satisfies Circumstances;
