import { circumstance } from '../core/circumstances/catalogue';
import type { BundleFormat, Image } from '../core/inspection';
import { shown } from './keyfile';
import { type GroupReader, refused } from './group-reader';

/**
 * How RAUC finds an image's type when the manifest does not state it: by the first pattern that matches the file name.
 */
const typeByFilename: readonly (readonly [glob: string, type: string])[] = [
  ['*.ext4.caibx', 'ext4-caibx'],
  ['*.vfat.caibx', 'vfat-caibx'],
  ['*.ubifs.caibx', 'ubifs-caibx'],
  ['*.img.caibx', 'raw-caibx'],
  ['*.squashfs.caibx', 'squashfs-caibx'],
  ['*.squashfs-*.caibx', 'squashfs-caibx'],
  ['*.catar', 'catar'],
  ['*.caidx', 'caidx'],
  ['*.tar*', 'tar'],
  ['*.tgz', 'tar'],
  ['*.ext4', 'ext4'],
  ['*.vfat', 'vfat'],
  ['*.img', 'raw'],
  ['*.squashfs-*', 'squashfs'],
  ['*.squashfs', 'squashfs'],
  ['*.ubifs', 'ubifs'],
];

const knownTypes = new Set([...typeByFilename.map(([, type]) => type), 'emptyfs']);

/**
 * Parses one `[image.CLASS]`, `[image.CLASS.VARIANT]` or `[image.REPOSITORY/ARTIFACT]` group.
 * @param section the part of the group's name after `image.`
 * @throws BrokenBundle
 */
export function parseImage(section: string, group: GroupReader, format: BundleFormat): Image {
  const dot = section.indexOf('.');
  const target = dot < 0 ? section : section.slice(0, dot);
  const variant = dot < 0 ? null : section.slice(dot + 1);
  const slash = target.indexOf('/');
  const slotClass = slash < 0 ? target : target.slice(0, slash);
  const artifact = slash < 0 ? null : target.slice(slash + 1);
  if (slotClass === '' || variant === '' || artifact === '')
    throw refused(circumstance('image-name-empty', { group: group.name }));

  const filename = group.filledFileName('filename');
  const hooks = group.list('hooks', ['pre-install', 'install', 'post-install']);
  const image: Image = {
    slotClass,
    variant,
    artifact,
    filename,
    type: parseType(group, filename, artifact, hooks),
    sha256: group.optionalHex('sha256'),
    sizeBytes: group.optionalSize('size'),
    hooks,
    adaptive: group.list('adaptive'),
    convert: group.list('convert'),
    converted: group.list('converted').map((name) => group.checkFileName(name)),
  };
  if (format === 'plain' && (artifact !== null || image.convert.length > 0 || image.converted.length > 0)) {
    throw refused(circumstance('image-not-for-plain', { group: group.name }));
  }
  group.ignore('version', 'description', 'build');
  group.refuseOthers();
  return image;
}

function parseType(
  group: GroupReader,
  filename: string | null,
  artifact: string | null,
  hooks: readonly string[],
): string | null {
  const explicit = group.filledText('type');
  if (artifact !== null) {
    if (explicit !== null) throw refused(circumstance('artifact-with-type', { group: group.name }));
    if (filename === null) throw refused(circumstance('artifact-without-file', { group: group.name }));
    return null;
  }
  if (explicit !== null) {
    if (!knownTypes.has(explicit))
      throw refused(circumstance('image-type-unknown', { group: group.name, part: shown(explicit) }));
    if (explicit === 'emptyfs' && filename !== null)
      throw refused(circumstance('emptyfs-with-file', { group: group.name }));
    return explicit;
  }
  const derived = typeByFilename.find(([glob]) => filename !== null && fits(filename, glob))?.[1];
  if (derived !== undefined) return derived;
  if (hooks.includes('install')) return null;
  throw filename === null
    ? refused(circumstance('image-without-type', { group: group.name }))
    : refused(circumstance('image-type-not-told', { group: group.name, part: shown(filename) }));
}

/**
 * Whether a name matches a glob that begins with `*`. Not a regular expression: on a hostile name it would search for
 * the end again from each position.
 */
function fits(name: string, glob: string): boolean {
  const [, ...parts] = glob.split('*');
  const end = parts.pop() ?? '';
  let from = 0;
  for (const part of parts) {
    const at = name.indexOf(part, from);
    if (at < 0) return false;
    from = at + part.length;
  }
  return name.length - from >= end.length && name.endsWith(end);
}
