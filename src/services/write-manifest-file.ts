import { decideOffer } from '../core/offer';
import type { Catalog } from './catalog';
import { defaultCompatible } from './default-compatible';
import { describeOffer } from './describe-release';
import type { Log } from './log';

export interface ManifestFilePorts {
  readonly catalog: Catalog;
  /** The default compatible; `null` when none is configured. */
  readonly configuredCompatible: string | null;
  /** What devices use to reach the server, without a slash at the end. */
  readonly baseUrl: () => string;
  /** Replaces the file atomically. */
  readonly writeManifestFile: (text: string) => Promise<void>;
  readonly log: Log;
}

/**
 * Writes the current release of the default compatible for other tools. The server never reads it, so a failure is
 * told to a person and stops nothing.
 */
export function createWriteManifestFile(ports: ManifestFilePorts): () => Promise<void> {
  const { catalog, log } = ports;
  return async () => {
    const { compatible } = defaultCompatible(catalog, ports.configuredCompatible);
    const releases = compatible === null ? [] : catalog.releasesOf(compatible);
    const offer = decideOffer({ id: '', compatible, boundCompatibles: [] }, releases);
    try {
      await ports.writeManifestFile(`${JSON.stringify(describeOffer(offer, ports.baseUrl()), null, 2)}\n`);
    } catch (error) {
      log.error({ err: error }, 'manifest.json could not be written and may name an old release');
    }
  };
}
