import { circumstance } from '../core/circumstances/catalogue';
import type { Circumstance } from '../core/reasons/why';
import type { BundleFormat, Finding, Image, Manifest } from '../core/inspection';
import { BrokenBundle } from './broken';
import { parseImage } from './image';
import { parseKeyfile, shown, textValue } from './keyfile';
import { maxManifestSizeBytes } from './limits';
import { GroupReader, refused } from './group-reader';
import { parseRaucVersion } from '../core/version';

export interface ParsedManifest {
  readonly manifest: Manifest;
  /** Errors that make an installation fail although `rauc info` accepts the manifest. */
  readonly problems: readonly Finding[];
}

/**
 * Parses `manifest.raucm`: all groups and keys of RAUC's reference, "Manifest". Unknown groups and keys are refused,
 * as RAUC refuses them.
 * @param raw the exact bytes, as signed
 * @param place where the bytes were found: in the payload of a plain bundle, in the signature of others
 * @throws BrokenBundle when RAUC could not read it, or would read it differently
 */
export function parseManifest(raw: Buffer, place: 'payload' | 'signature'): ParsedManifest {
  if (raw.length > maxManifestSizeBytes)
    throw new BrokenBundle('manifest-size', circumstance('manifest-too-large', { sizeBytes: raw.length }));
  const groups = parseKeyfile(raw);
  const group = (name: string) => new GroupReader(name, groups.get(name) ?? new Map<string, string>());

  const update = group('update');
  const bundle = group('bundle');
  const hooks = group('hooks');
  const handlerGroup = group('handler');

  const format = parseFormat(bundle.text('format'));
  if ((format === 'plain') !== (place === 'payload')) {
    throw new BrokenBundle('format-mismatch', circumstance('manifest-in-wrong-place', { format, place }));
  }
  const verity = format === 'plain' ? noVerity : readVerity(bundle, format);
  const handlerFilename = handlerGroup.text('filename');
  const handlerArgs = handlerGroup.text('args');
  if (handlerFilename === null && handlerArgs !== null) {
    throw refused(circumstance('manifest-handler-without-file'));
  }
  const compatible = update.text('compatible');
  if (compatible === null) throw refused(circumstance('manifest-without-compatible'));

  const images: Image[] = [];
  const meta: [string, Readonly<Record<string, string>>][] = [];
  for (const [name, entries] of groups) {
    if (name.startsWith('image.'))
      images.push(parseImage(name.slice('image.'.length), new GroupReader(name, entries), format));
    else if (name.startsWith('meta.')) meta.push(parseMeta(name, entries));
    else if (!plainGroups.has(name))
      throw refused(circumstance('manifest-group-unknown', { part: shown(name) }));
  }

  const manifest: Manifest = {
    compatible,
    version: update.text('version'),
    description: update.text('description'),
    build: update.text('build'),
    minRaucVersion: update.text('min-rauc-version'),
    format,
    ...verity,
    hooks: { filename: hooks.fileName('filename'), hooks: hooks.list('hooks', ['install-check']) },
    handler: handlerFilename === null ? null : { filename: handlerFilename, args: handlerArgs },
    images,
    meta: Object.fromEntries(meta),
  };
  for (const reader of [update, bundle, hooks, handlerGroup]) reader.refuseOthers();
  return { manifest, problems: findProblems(manifest) };
}

const plainGroups = new Set(['update', 'bundle', 'hooks', 'handler', 'rollout']);

const noVerity = { verityHash: null, veritySalt: null, veritySizeBytes: null };

function parseFormat(text: string | null): BundleFormat {
  if (text === null) return 'plain';
  if (text === 'plain' || text === 'verity' || text === 'crypt') return text;
  throw refused(circumstance('manifest-format-unknown', { part: shown(text) }));
}

function readVerity(bundle: GroupReader, format: 'verity' | 'crypt') {
  if (format === 'crypt') bundle.hex('crypt-key'); // checked but never kept, because it decrypts the payload
  return {
    verityHash: bundle.hex('verity-hash'),
    veritySalt: bundle.hex('verity-salt'),
    veritySizeBytes: bundle.size('verity-size'),
  };
}

const metaName = /^meta\.[A-Za-z0-9_-]+$/;
const metaKey = /^[A-Za-z0-9_-]+$/;

function parseMeta(name: string, entries: ReadonlyMap<string, string>): [string, Record<string, string>] {
  if (!metaName.test(name)) throw refused(circumstance('manifest-group-malformed', { part: shown(name) }));
  const pairs = [...entries].map(([key, raw]): [string, string] => {
    const value = textValue(raw);
    if (!metaKey.test(key) || value === '') {
      throw refused(circumstance('manifest-key-malformed', { part: shown(key), group: name }));
    }
    return [key, value];
  });
  return [name.slice('meta.'.length), Object.fromEntries(pairs)];
}

/** RAUC refuses a `min-rauc-version` that it cannot compare, or one older than the key itself (1.14). */
function isMinRaucVersion(text: string): boolean {
  const version = parseRaucVersion(text);
  if (version === null) return false;
  const [major, minor] = version.numbers;
  return major > 1n || (major === 1n && minor >= 14n);
}

function findProblems(manifest: Manifest): Finding[] {
  const problems: Finding[] = [];
  const add = (message: Circumstance) => problems.push({ code: 'not-installable', message });
  const usesHooks =
    manifest.hooks.hooks.length > 0 || manifest.images.some((image) => image.hooks.length > 0);
  if (usesHooks && manifest.hooks.filename === null) add(circumstance('hooks-without-file'));
  if (manifest.images.length === 0 && manifest.handler === null) add(circumstance('nothing-to-install'));
  if (manifest.minRaucVersion !== null && !isMinRaucVersion(manifest.minRaucVersion))
    add(circumstance('min-version-unusable'));
  for (const image of manifest.images) {
    const group = `image.${image.slotClass}`;
    const hasInstallHook = image.hooks.includes('install');
    if (image.filename === null) {
      if (image.type !== 'emptyfs' && !hasInstallHook) add(circumstance('image-without-file', { group }));
      if (image.adaptive.length > 0 || image.convert.length > 0)
        add(circumstance('image-adaptive-without-file', { group }));
      continue;
    }
    if (image.sha256 === null) add(circumstance('image-without-hash', { group }));
    if (image.sizeBytes === null && !hasInstallHook) add(circumstance('image-without-size', { group }));
    if (image.converted.length > 0 && image.converted.length !== image.convert.length) {
      add(circumstance('image-converts-unequal', { group }));
    }
  }
  return problems;
}
