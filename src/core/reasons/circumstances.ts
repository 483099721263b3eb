/**
 * Why something is as it is, in English: reasons that are stored with a bundle, a rollout, a device or an installation, where people may
 * write a reason too, and those that go along with an answer.
 */
const sentences = {
  'no-finding': () => 'no reason is known',
  'bundle-being-judged': () => 'its signature is being checked against the current keyring',
  'bundle-untrusted': ({ why }: { why: string }) => `it is not trusted: ${why}`,
  'opaque-not-accepted': () => 'this server does not accept opaque files',
  'images-check-failed': ({ tries, why }: { tries: number; why: string }) =>
    `the check ended early ${tries} times (${why}); upload the bundle again to have it checked`,
  'server-ended-during-check': () => 'the server ended during each check',
  'rollout-untrusted': ({ why }: { why: string }) => `the bundle is no longer trusted: ${why}`,
  'rollout-being-counted': () => 'its devices are being counted',
  'rollout-paused-before': ({ why, before }: { why: string; /** Why, if known. */ before: string | null }) =>
    `${why}; it was paused before${before === null ? '' : `: ${before}`}`,
  'held-with-pin': ({ why }: { why: string }) => `${why}. Check its pin, then lift the hold`,
  'installation-silent': () => 'the device has not been heard from',
  'installation-called-off': ({ by }: { by: string }) => `called off by ${by}`,
  'installation-retried': ({ by }: { by: string }) => `${by} lets it try again`,
  'installation-replaced': ({ bundle }: { bundle: string }) => `replaced by ${bundle}`,
  'default-configured': () => 'it is configured',
  'default-only-one': () => 'it is the only compatible with a release',
  'default-none': () => 'nothing is released',
  'default-of-several': () => 'several compatibles have a release and none is configured as the default',
  'nothing-released': ({ compatible }: { compatible: string }) => `nothing is released for ${compatible}`,
  'bundle-of-no-row': ({ sha256 }: { sha256: string }) =>
    `devices name a bundle that this database never had (SHA-256 ${sha256}…): it may be an older copy`,
  'kit-extra-root': ({ name }: { name: string }) =>
    `the server certificate is from another CA than ca.crt has: the device trusts ${name} too when it connects`,
  'kit-native-polling': () =>
    "RAUC's own polling needs RAUC 1.16 and is a preview: RAUC's authors advise against it in products for now, and a later RAUC may need another system.conf.",
  /** In Markdown, like the next one. */
  'kit-with-key': () =>
    "**The kit holds the device's private key**: whoever has it can pose as this device. Delete it when it is installed.",
  'kit-without-key': () =>
    "**The kit holds no private key.** The device's own, which its certificate was requested with, goes to\n`/etc/rauc/update/device.key`, before or after `install.sh`; run that again then, so that RAUC's streaming user can read the key.",
};

type Sentences = typeof sentences;
export type CircumstanceCode = keyof Sentences;

/** @param given what the sentence needs; its type follows from the code */
export function circumstance<Code extends CircumstanceCode>(
  code: Code,
  ...[given]: Parameters<Sentences[Code]>
): string {
  return (sentences[code] as (needs: typeof given) => string)(given);
}
