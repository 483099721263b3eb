import type { Bundle } from './bundle';
import { circumstance } from './circumstances/catalogue';
import type { Installation, InstallationChange } from './installation';
import { isStarted, isUnsettled } from './installation-states';

/**
 * Judges an offer to a device that follows numbers (`ProtocolLimits.followsNumbers`) by its earlier offers. What it has begun is
 * cancelled first, while it only downloads, and nothing is installed twice.
 * @returns whether the offer must wait, and what changes meanwhile; `null` for nothing
 */
export function judgeNext(
  installation: Installation | null,
  { name, sha256 }: Pick<Bundle, 'name' | 'sha256'>,
): { readonly waits: boolean; readonly change: InstallationChange | null } {
  const goesOn = { waits: true, change: null };
  const begins = { waits: false, change: null };
  if (installation === null || !isUnsettled(installation)) return begins;
  const { state, installedAt, progressPercent } = installation;
  if (installation.sha256 === sha256)
    return installedAt !== null || isStarted(installation) ? goesOn : begins;
  if (installedAt !== null || !isStarted(installation)) return begins;
  if (state === 'cancelling' || progressPercent !== null) return goesOn; // it must answer first, or already installs
  return {
    waits: true,
    change: { state: 'cancelling', message: circumstance('installation-gives-way', { bundle: name }) },
  };
}
