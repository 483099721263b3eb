import type { VerificationProfile } from '../../src/rauc/profile';

/** A profile as RAUC's `[keyring]` options. */
export function keyringOptions(changes: Partial<VerificationProfile>): string[] {
  const options: string[] = [];
  if (changes.purpose !== undefined) options.push(`check-purpose=${changes.purpose}`);
  if (changes.allowPartialChain === true) options.push('allow-partial-chain=true');
  if (changes.checkCrl === true) options.push('check-crl=true');
  if (changes.timeSource === 'signing-time') options.push('use-bundle-signing-time=true');
  if (changes.allowedSignerCns !== undefined)
    options.push(`allowed-signer-cns=${changes.allowedSignerCns.join(';')}`);
  return options.flatMap((option) => ['-C', `keyring:${option}`]);
}
