import { counted } from '../../base/text/counted';
import { mismatchingImages, namedImages } from '../image-check';
import type { Circumstances, SayWhy, Why } from '../reasons/why';

/** An image's group, such as `image.rootfs`. */
interface Group {
  group: string;
}

interface Files {
  /** The first of the files. */
  files: readonly string[];
  count: number;
}

/** What people should know before they release an intact bundle, in whole sentences. */
export const bundleWarnings = {
  'plain-not-streamable': () =>
    'A plain bundle cannot be streamed: devices must download all of it first. Build it with format=verity.',
  'version-missing': () =>
    "The manifest has no version: RAUC's own polling fails without one, and the server cannot tell what a device runs.",
  'version-not-semver': ({ version }: { version: string }) =>
    `RAUC cannot compare the version ${JSON.stringify(version)}: it needs one such as 1.2.3, 1.2.3-rc.1 or 1.2.3+build.`,
  'chunk-store-needed': () =>
    'The bundle refers to a casync chunk store, which this server does not provide.',
  'signer-expired': ({ at }: { at: string }) =>
    `The signer's certificate expired at ${at}: devices whose clock is right refuse the bundle.`,
  'signer-expires-soon': ({ days }: { days: number }) =>
    `The signer's certificate expires in ${counted(days, 'day')}: devices that update later refuse the bundle.`,
  'signer-for-code-only': () =>
    'The signer is for code signing only: devices need check-purpose=codesign; by default they refuse it.',
  'bundle-encrypted': () =>
    'The bundle is encrypted: only a device with the key of a recipient can tell what is in it and who signed it.',
  'manifest-not-encrypted': () =>
    'The payload is crypt, but the manifest with its key is not encrypted: no device can install it. Use "rauc encrypt".',
  'payload-not-squashfs': () =>
    'The payload is not a squashfs: RAUC cannot mount it and will not install it.',
  'manifest-not-read': ({ why }: { why: Why }, say: SayWhy) => `The manifest could not be read: ${say(why)}.`,
  'files-missing': ({ files, count }: Files) =>
    count === 1
      ? `The manifest names a file that is not in the bundle: ${namedImages(files, count)}. Devices that need it cannot install the bundle. Build it again.`
      : `The manifest names files that are not in the bundle: ${namedImages(files, count)}. Devices that need them cannot install it. Build it again.`,
  'file-sizes-wrong': ({ images, count }: { images: readonly Why[]; count: number }, say: SayWhy) =>
    `The size in the manifest is wrong for ${namedImages(images.map(say), count)}. Devices that need ${count === 1 ? 'this image' : 'these images'} refuse the bundle. Build it again.`,
  'file-size': ({ name, sizeBytes, statedBytes }: { name: string; sizeBytes: number; statedBytes: number }) =>
    `${name} (${counted(sizeBytes, 'byte')}; the manifest says ${statedBytes})`,
  'index-missing': ({ files }: { files: readonly string[] }) =>
    `With adaptive=block-hash-index, devices download only the blocks that they lack: ${files.join(', ')} could have it.`,

  'hooks-without-file': () => 'Hooks are used, but [hooks] has no filename: RAUC will not install it.',
  'nothing-to-install': () => 'The manifest has no image and no handler: there is nothing to install.',
  'min-version-unusable': () => 'min-rauc-version must be 1.14 or later: RAUC will not install it.',
  'image-without-file': ({ group }: Group) => `[${group}] has no filename: RAUC will not install it.`,
  'image-adaptive-without-file': ({ group }: Group) =>
    `[${group}] has adaptive or convert but no filename: RAUC will not install it.`,
  'image-without-hash': ({ group }: Group) => `[${group}] has no sha256: RAUC will not install it.`,
  'image-without-size': ({ group }: Group) => `[${group}] has no size: RAUC will not install it.`,
  'image-converts-unequal': ({ group }: Group) =>
    `[${group}] has lists of different length in convert and converted: RAUC will not install it.`,

  'images-mismatch': ({ name, files }: { name: string; files: readonly string[] }) =>
    `${name} has ${mismatchingImages(files)}. Devices that need ${files.length === 1 ? 'it' : 'them'} download the bundle and refuse to install it. Build it again.`,
  'label-without-devices': ({
    compatible,
    channel,
    label,
  }: {
    compatible: string;
    channel: string;
    label: string;
  }) => `No device of ${compatible} (${channel}) has the label ${label}: its step reaches no device.`,
  'attribute-without-devices': ({
    compatible,
    channel,
    attribute,
  }: {
    compatible: string;
    channel: string;
    /** As `name=value`. */
    attribute: string;
  }) => `No device of ${compatible} (${channel}) has the attribute ${attribute}: its step reaches no device.`,
} satisfies Circumstances;
