import type { BundleFormat, Finding, Image, Manifest } from '../core/inspection';
import { BrokenBundle } from './broken';
import { parseImage } from './image';
import { parseKeyfile, shown, textValue } from './keyfile';
import { maxManifestSizeBytes } from './limits';
import { GroupReader } from './group-reader';
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
 * @param place where they were found: in the payload of a plain bundle, in the signature of others
 * @throws BrokenBundle when RAUC could not read it, or would read it differently
 */
export function parseManifest(raw: Buffer, place: 'payload' | 'signature'): ParsedManifest {
  if (raw.length > maxManifestSizeBytes)
    throw new BrokenBundle('manifest-size', `the manifest has ${raw.length} bytes`);
  const groups = parseKeyfile(raw);
  const group = (name: string) => new GroupReader(name, groups.get(name) ?? new Map<string, string>());

  const update = group('update');
  const bundle = group('bundle');
  const hooks = group('hooks');
  const handlerGroup = group('handler');

  const format = parseFormat(bundle.text('format'));
  if ((format === 'plain') !== (place === 'payload')) {
    throw new BrokenBundle(
      'format-mismatch',
      `the manifest says ${format}, but it is in the ${place} of the bundle`,
    );
  }
  const verity = format === 'plain' ? noVerity : readVerity(bundle, format);
  const handlerFilename = handlerGroup.text('filename');
  const handlerArgs = handlerGroup.text('args');
  if (handlerFilename === null && handlerArgs !== null) {
    throw new BrokenBundle('manifest-content', 'the manifest has [handler] args without filename');
  }
  const compatible = update.text('compatible');
  if (compatible === null)
    throw new BrokenBundle('manifest-content', 'the manifest has no compatible in [update]');

  const images: Image[] = [];
  const meta: [string, Readonly<Record<string, string>>][] = [];
  for (const [name, entries] of groups) {
    if (name.startsWith('image.'))
      images.push(parseImage(name.slice('image.'.length), new GroupReader(name, entries), format));
    else if (name.startsWith('meta.')) meta.push(parseMeta(name, entries));
    else if (!plainGroups.has(name))
      throw new BrokenBundle('manifest-content', `the manifest has an unknown group [${shown(name)}]`);
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
  throw new BrokenBundle('manifest-content', `the manifest has an unknown format ${shown(text)}`);
}

function readVerity(bundle: GroupReader, format: 'verity' | 'crypt') {
  if (format === 'crypt') bundle.hex('crypt-key'); // checked, never kept: it decrypts the payload
  return {
    verityHash: bundle.hex('verity-hash'),
    veritySalt: bundle.hex('verity-salt'),
    veritySizeBytes: bundle.size('verity-size'),
  };
}

const metaName = /^meta\.[A-Za-z0-9_-]+$/;
const metaKey = /^[A-Za-z0-9_-]+$/;

function parseMeta(name: string, entries: ReadonlyMap<string, string>): [string, Record<string, string>] {
  if (!metaName.test(name))
    throw new BrokenBundle('manifest-content', `the group [${shown(name)}] is malformed`);
  const pairs = [...entries].map(([key, raw]): [string, string] => {
    const value = textValue(raw);
    if (!metaKey.test(key) || value === '') {
      throw new BrokenBundle('manifest-content', `the key ${shown(key)} in [${name}] is malformed or empty`);
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
  const add = (message: string) => problems.push({ code: 'not-installable', message });
  const usesHooks =
    manifest.hooks.hooks.length > 0 || manifest.images.some((image) => image.hooks.length > 0);
  if (usesHooks && manifest.hooks.filename === null)
    add('hooks are used, but [hooks] has no filename: RAUC will not install it');
  if (manifest.images.length === 0 && manifest.handler === null)
    add('the manifest has no image and no handler: there is nothing to install');
  if (manifest.minRaucVersion !== null && !isMinRaucVersion(manifest.minRaucVersion))
    add('min-rauc-version is no version from 1.14 on: RAUC will not install it');
  for (const image of manifest.images) {
    const where = `[image.${image.slotClass}]`;
    const hasInstallHook = image.hooks.includes('install');
    if (image.filename === null) {
      if (image.type !== 'emptyfs' && !hasInstallHook)
        add(`${where} has no filename: RAUC will not install it`);
      if (image.adaptive.length > 0 || image.convert.length > 0)
        add(`${where} has adaptive or convert but no filename: RAUC will not install it`);
      continue;
    }
    if (image.sha256 === null) add(`${where} has no sha256: RAUC will not install it`);
    if (image.sizeBytes === null && !hasInstallHook) add(`${where} has no size: RAUC will not install it`);
    if (image.converted.length > 0 && image.converted.length !== image.convert.length) {
      add(`${where} has unequal lists of convert and converted: RAUC will not install it`);
    }
  }
  return problems;
}
