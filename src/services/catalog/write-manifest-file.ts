import { circumstance } from '../../core/circumstances/catalogue';
import { defaultChannel } from '../../core/release';
import type { Catalog } from './catalog';
import { defaultCompatible } from './default-compatible';
import { describeNothing, describeRelease, type ReleaseManifest } from './describe-release';
import type { Log } from '../../ports/log';

export interface ManifestFilePorts {
  readonly catalog: Catalog;
  /** The default compatible; `null` when none is configured. */
  readonly configuredCompatible: string | null;
  /** The URL that devices use to reach the server, without a slash at the end. */
  readonly baseUrl: () => string;
  /** Replaces the file atomically. */
  readonly writeManifestFile: (text: string) => Promise<void>;
  readonly log: Log;
}

/** Writes the default compatible's current release for other tools. The server never reads it, so a failure is only reported. */
export function createWriteManifestFile(ports: ManifestFilePorts): () => Promise<void> {
  const { catalog, log } = ports;
  return async () => {
    const manifest = currentManifest(catalog, ports.configuredCompatible, ports.baseUrl());
    try {
      await ports.writeManifestFile(`${JSON.stringify(manifest, null, 2)}\n`);
    } catch (error) {
      log.error({ err: error }, 'manifest.json could not be written and may name an old release');
    }
  };
}

/** The current release of the default compatible on the default channel. */
export function currentManifest(
  catalog: Catalog,
  configuredCompatible: string | null,
  baseUrl: string,
): ReleaseManifest {
  const { compatible, reason } = defaultCompatible(catalog, configuredCompatible);
  if (compatible === null) return describeNothing('', reason);
  const release = catalog.findCurrent(compatible, defaultChannel);
  return release === undefined
    ? describeNothing(compatible, circumstance('nothing-released', { compatible }))
    : describeRelease(release, baseUrl);
}
