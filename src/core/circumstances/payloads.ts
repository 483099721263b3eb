import { counted } from '../../base/text/counted';
import type { Circumstances, SayWhy, Why } from '../reasons/why';

interface Sized {
  sizeBytes: number;
}

/** Why a payload is damaged, or cannot be read here. */
export const payloadCircumstances = {
  'verity-size-impossible': ({ sizeBytes, payloadBytes }: Sized & { payloadBytes: number }) =>
    `a hash tree of ${counted(sizeBytes, 'byte')} does not fit a payload of ${payloadBytes}`,
  'verity-size-wrong': ({ sizeBytes, neededBytes }: Sized & { neededBytes: number }) =>
    `the hash tree has ${counted(sizeBytes, 'byte')}, but the payload needs one of ${neededBytes}`,
  'verity-root-wrong': () => 'the root of the hash tree is not the verity-hash of the manifest',
  'block-damaged': ({ position }: { position: number }) =>
    `the 4096 bytes at ${position} do not match the hash tree`,
  'verity-padded': () => 'the hash tree has bytes beyond its digests',
  'payload-without-manifest': () => 'the payload contains no manifest.raucm',

  'squashfs-unsound': ({ why }: { why: Why }, say: SayWhy) =>
    `the payload is not a sound squashfs: ${say(why)}`,
  'squashfs-without-magic': () => 'it has no squashfs magic',
  'squashfs-of-other-version': () => 'it is not version 4.0',
  'block-size-impossible': () => 'its block size is impossible',
  'offset-outside': () => 'an offset is outside it',
  'squashfs-too-small': () => 'it is too small',
  'root-not-a-directory': () => 'its root is not a directory, or is empty',
  'root-malformed': () => 'its root directory is malformed',
  'directory-malformed': () => 'a directory is malformed',
  'inode-cut-short': () => 'an inode is cut short',
  'file-of-other-size': () => 'a file does not have the size that its inode says',
  'fragment-too-short': () => 'a fragment is too short',
  'fragment-missing': () => 'a fragment does not exist',
  'data-block-impossible': () => 'a block has an impossible size',
  'metadata-block-impossible': () => 'a metadata block has an impossible size',
  'metadata-outside-block': () => 'a metadata reference is outside its block',
  'metadata-block-not-full': () => 'a metadata block in the middle of a table is not full',
  'block-not-decompressed': ({ why }: { why: string }) => `a block cannot be decompressed (${why})`,
  'block-too-large': () => 'a block is larger than allowed when decompressed',
  'block-outside': () => 'a block is outside it',
  'manifest-not-a-file': () => 'manifest.raucm is not a regular file',
  'manifest-file-too-large': ({ sizeBytes }: Sized) => `manifest.raucm has ${counted(sizeBytes, 'byte')}`,

  'root-too-large': () => 'the root directory of the squashfs is too large to be searched here',
  'compressor-unknown': ({ compressor }: { compressor: number }) =>
    `the squashfs uses compressor ${compressor}, which is not supported here`,
  'payload-encrypted': () => 'the payload is encrypted',
  'manifest-unknown': () => 'the manifest could not be read',
  'manifest-without-hashes': () => 'the manifest has no hash of a file in the bundle',
  'image-not-a-file': ({ name }: { name: string }) => `${name} is not a regular file`,
  'images-too-large': () => 'the images are larger than 64 GiB',
} satisfies Circumstances;
