import type { Bundle } from './bundle';
import { circumstance } from './circumstances/catalogue';
import type { Installation, InstallationChange } from './installation';
import { isStarted, isUnsettled } from './installation-states';

/**
 * Judges an offer to a device that follows numbers (`ProtocolLimits.followsNumbers`) by what it was given before: what it has begun is called
 * off first, as long as it only downloads, and nothing is installed twice.
 * @returns whether the offer has to wait, and what changes meanwhile; `null` for nothing
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
  if (state === 'cancelling' || progressPercent !== null) return goesOn; // it answers first, or installs already
  return {
    waits: true,
    change: { state: 'cancelling', message: circumstance('installation-gives-way', { bundle: name }) },
  };
}
