import type { Bundle, WeakHashes } from '../../../core/bundle';
import type { Installation } from '../../../core/installation';
import type { ProtocolKit } from '../kernel/protocol';

/** A bundle with all hashes that clients need. */
export interface ServableBundle extends Bundle {
  readonly weakHashes: WeakHashes;
}

/** The bundle of an installation; `undefined` if the bundle is missing or its hashes are not known yet. */
export function servableBundle(
  { services: { readBundle } }: Pick<ProtocolKit, 'services'>,
  installation: Installation | null,
): ServableBundle | undefined {
  const bundle = installation === null ? undefined : readBundle.find(installation.bundleName);
  if (bundle === undefined || bundle.sha256 !== installation?.sha256 || bundle.sizeBytes === 0)
    return undefined;
  return hasWeakHashes(bundle) ? bundle : undefined;
}

/** The same for a request that does not follow a poll of this server: another one may have just stored the bundle. */
export async function lookForServable(
  kit: Pick<ProtocolKit, 'services'>,
  installation: Installation,
): Promise<ServableBundle | undefined> {
  const { readBundle } = kit.services;
  if (readBundle.find(installation.bundleName) === undefined)
    await readBundle.lookFor(installation.bundleName);
  return servableBundle(kit, installation);
}

function hasWeakHashes(bundle: Bundle): bundle is ServableBundle {
  return bundle.weakHashes !== null;
}
