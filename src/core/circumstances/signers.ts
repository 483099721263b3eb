import type { Circumstances, SayWhy, Why } from '../reasons/why';

/** A certificate's name, in quotes. */
interface Named {
  name: string;
}

interface Issued extends Named {
  issuer: string;
}

interface At {
  /** In ISO 8601, UTC. */
  at: string;
}

/** Why a bundle's signer is not trusted: what is wrong with the chain of its certificate. */
export const signerCircumstances = {
  'signing-time-missing': () => 'the profile uses the signing time, and the signature has none',
  'chain-weak': ({ name, why }: Named & { why: Why }, say: SayWhy) => `${name}: ${say(why)}`,
  'chain-not-signed': ({ name, issuer }: Issued) =>
    `${name} was not signed by the first ${issuer} of keyring and bundle`,
  'chain-extension-unknown': ({ name, ids }: Named & { ids: readonly string[] }) =>
    ids.length === 1
      ? `${name} has an extension ${ids.join()} that is not understood and may limit its use`
      : `${name} has extensions ${ids.join(', ')} that are not understood and may limit its use`,
  'chain-not-a-ca': ({ name }: Named) => `${name} may not issue certificates`,
  'chain-too-long': ({ name, limit, count }: Named & { limit: number; count: number }) =>
    `${name} allows ${limit} CAs below it, but there are ${count}`,
  'chain-name-not-allowed': ({ name, authority }: Named & { authority: string }) =>
    `${authority} limits the names below it, and ${name} is outside those limits or cannot be checked against them`,
  'chain-expired': ({ name, at }: Named & At) => `${name} expired at ${at}`,
  'chain-not-yet-valid': ({ name, at }: Named & At) => `${name} is valid from ${at}`,
  'chain-purpose': ({ name, purpose }: Named & { purpose: string }) =>
    `${name} may not be used for signing with check-purpose=${purpose}`,
  'signer-name-not-allowed': ({ name }: Named) => `the signer ${name} is not one of the allowed ones`,
  'chain-incomplete': ({ name }: Named) =>
    `the issuer of ${name} is neither in the bundle nor in the keyring`,
  'chain-not-anchored': ({ name }: Named) => `the chain ends in ${name}, which is not in the keyring`,
  'chain-without-list': ({ name }: Named) =>
    `the chain ends in ${name}: no revocation list shows whether it was revoked, and RAUC with check-crl requires one`,
  'delivered-list-unusable': ({ issuer }: { issuer: string }) =>
    `the signature contains a revocation list of ${issuer} that is not current, or not complete`,
  'chain-revoked': ({ name }: Named) => `${name} was revoked by its issuer`,
  'list-missing': ({ issuer }: { issuer: string }) =>
    `the keyring has no current revocation list of ${issuer}`,
  'list-not-signed': ({ issuer }: { issuer: string }) =>
    `another key signed the newest revocation list of ${issuer}`,
} satisfies Circumstances;
