import { counted } from '../../base/text/counted';
import type { Circumstances, SayWhy, Why } from '../reasons/why';

/** A part of a manifest, in quotes, and shortened if it is long. */
interface Part {
  part: string;
}

/** A group of a manifest. */
interface Group {
  group: string;
}

interface Key extends Group {
  key: string;
}

/** A sentence about a group: it follows the group's name. */
function ofGroup<Needs extends Group>(says: (needs: Needs) => string) {
  return (needs: Needs) => `the group [${needs.group}] of the manifest ${says(needs)}`;
}

/** Why a manifest cannot be read, or RAUC would refuse it. */
export const manifestCircumstances = {
  'manifest-too-large': ({ sizeBytes }: { sizeBytes: number }) =>
    `the manifest has ${counted(sizeBytes, 'byte')}`,
  'manifest-in-wrong-place': ({ format, place }: { format: string; place: string }) =>
    `the manifest says ${format}, but it is in the ${place} of the bundle`,
  'manifest-handler-without-file': () => 'the manifest has [handler] args without filename',
  'manifest-without-compatible': () => 'the manifest has no compatible in [update]',
  'manifest-without-hash-tree': () => 'the manifest has no hash tree',
  'manifest-group-unknown': ({ part }: Part) => `the manifest has an unknown group [${part}]`,
  'manifest-format-unknown': ({ part }: Part) => `the manifest has an unknown format ${part}`,
  'manifest-group-malformed': ({ part }: Part) => `the group [${part}] is malformed`,
  'manifest-key-malformed': ({ part, group }: Part & Group) =>
    `the key ${part} in [${group}] is malformed or empty`,

  'manifest-unreadable': ({ why }: { why: Why }, say: SayWhy) => `the manifest cannot be read: ${say(why)}`,
  'group-line-malformed': ({ part }: Part) => `the group line ${part} is malformed`,
  'line-before-groups': ({ part }: Part) => `the line ${part} comes before any group`,
  'line-of-no-kind': ({ part }: Part) => `the line ${part} is neither a group, a key nor a comment`,
  'key-of-one-language': ({ part }: Part) => `the key ${part} is for one language only`,
  'key-malformed': ({ part }: Part) => `the key in ${part} is malformed`,
  'key-twice': ({ part }: Part) => `the key ${part} appears twice`,
  'encoding-not-utf8': ({ part }: Part) => `its encoding ${part} is not UTF-8`,
  'nul-byte': () => 'it contains a NUL byte',
  'not-utf8': () => 'it is not valid UTF-8',
  'byte-order-mark': () => 'it starts with a byte order mark',
  'escape-unknown': ({ part }: Part) => `the escape ${part} is unknown`,
  'not-a-size': ({ part }: Part) => `${part} is not a size`,

  'group-key-empty': ofGroup(({ key }: Key) => `has no value for ${key}`),
  'group-file-is-path': ofGroup(({ part }: Group & Part) => `has a path ${part} instead of a file name`),
  'group-value-unknown': ofGroup(({ part, key }: Key & Part) => `has an unknown value ${part} in ${key}`),
  'group-key-missing': ofGroup(({ key }: Key) => `has no ${key}`),
  'group-key-not-hex': ofGroup(({ key }: Key) => `has a ${key} that is not 64 hex digits`),
  'group-key-unknown': ofGroup(({ part }: Group & Part) => `has an unknown key ${part}`),
  'image-name-empty': ofGroup<Group>(() => 'has an empty slot class, variant or artifact name'),
  'image-not-for-plain': ofGroup<Group>(() => 'uses artifacts or convert, which a plain bundle cannot have'),
  'artifact-with-type': ofGroup<Group>(() => 'has a type, which an artifact cannot have'),
  'artifact-without-file': ofGroup<Group>(() => 'has no filename, which an artifact must have'),
  'image-type-unknown': ofGroup(({ part }: Group & Part) => `has an unknown type ${part}`),
  'emptyfs-with-file': ofGroup<Group>(() => 'has a filename, which an emptyfs cannot have'),
  'image-without-type': ofGroup<Group>(() => 'has neither a type nor a filename'),
  'image-type-not-told': ofGroup(
    ({ part }: Group & Part) => `has no type, and its filename ${part} does not imply one`,
  ),
} satisfies Circumstances;
