import type { Said, VerdictCode, VerdictParameters } from './offer-verdict';
import { defaultChannel } from './release';
import { parseRaucVersion } from './version';
import { whyNotComparable, whyNotOrdered } from './version-rules';

/** The sentence of each code: the only place where a verdict has words. */
const sentences: { readonly [Code in VerdictCode]: (parameters: VerdictParameters[Code]) => string } = {
  'no-compatible': () => 'the device did not name its compatible and the server has no default one',
  'not-its-compatible': ({ compatible }) =>
    `the device's certificate is bound to other compatibles than ${compatible ?? 'none'}`,
  'waiting-for-admission': () => 'the device is new and waits until a person admits it',
  held: ({ by, reason }) => `held by ${by}${reason === '' ? '' : `: ${reason}`}`,
  'no-release': ({ compatible, channel }) =>
    `nothing is released for ${compatible}${channel === defaultChannel ? '' : ` on the channel ${channel}`}`,
  'pinned-bundle-gone': ({ bundle }) => `it is pinned to ${bundle}, which is not on this server`,
  'bundle-for-other-compatible': ({ bundle, own, compatible }) =>
    `${bundle} is for ${own ?? 'an unknown compatible'}, not for ${compatible ?? 'it'}`,
  'bundle-untrusted': ({ bundle, why }) => `${bundle} is not offered: ${why}`,
  'plain-not-streamable': ({ bundle }) => `${bundle} is in plain format, which can not be streamed`,
  'crypt-not-encrypted': ({ bundle }) => `${bundle} is crypt but not encrypted: RAUC installs it nowhere`,
  'no-version': ({ bundle }) => `${bundle} has no version, which makes RAUC's poller abort`,
  'up-to-date': (runs) =>
    'proven' in runs
      ? `the device is proven to run ${runs.proven}`
      : `the device runs ${runs.version} already`,
  'waits-for-reboot': ({ unbooted, bundle }) =>
    `${unbooted} is installed and waits for a reboot; ${bundle} is offered after it`,
  'older-version': ({ version, running }) => `the device runs ${running}, and ${version} is older`,
  'outside-from': ({ from, running, way }) => {
    const isUnknown = running === null || parseRaucVersion(running) === null;
    const runs = isUnknown ? whyNotComparable('device', running) : `the device runs ${running}`;
    return `it starts from ${from}, and ${runs}${way === null ? '' : `: ${way}`}`;
  },
  'failed-before': ({ count }) =>
    `failed ${times(count)} on this bundle, which is not tried again until a person clears it`,
  'downloaded-before': ({ count }) =>
    `downloaded this bundle ${times(count)}, and its poller does not tell what came of it: it is not tried again until a person clears it`,
  'interrupted-before': ({ count }) =>
    `a reboot interrupted this bundle ${times(count)}, and it is not tried again until a person clears it`,
  cancelled: () => 'a person called this bundle off here, and nobody has cleared that',
  'rollout-paused': (why) =>
    'pauses' in why ? `the rollout pauses: ${why.pauses}` : `the rollout is paused${because(why.reason)}`,
  'rollout-aborted': ({ reason }) => `the rollout is aborted${because(reason)}`,
  'not-started': ({ startAt }) => `the rollout begins at ${startAt.toISOString()}`,
  'not-in-step': ({ step, steps, group, percent }) => {
    const whom = group === null ? `first ${percent} %` : `group ${group}`;
    return `step ${step + 1} of ${steps}: not in the ${whom}`;
  },
  'outside-window': () => 'the maintenance window is closed',
  'too-many-in-progress': ({ count, max }) => `${count} are in progress already, and ${max} may be at a time`,

  'compatible-known': ({ compatible }) => `it is a ${compatible}`,
  'certificate-unbound': () => 'its certificate is bound to no compatible',
  'certificate-fits': ({ compatible }) => `its certificate is bound to ${compatible}`,
  admitted: () => 'it is admitted',
  'not-held': () => 'nobody holds it',
  'begins-what-was-told': ({ bundle }) => `it was told of ${bundle} and begins`,
  'already-told': () => 'it was told of this bundle and asks for it now',
  pinned: ({ bundle }) => `it is pinned to ${bundle}`,
  current: ({ bundle, channel }) => `${bundle} is current on the channel ${channel}`,
  'bundle-fits': ({ own }) => `the bundle is for ${own ?? 'it'}`,
  'bundle-forced': ({ own }) => `the bundle is for ${own ?? 'another compatible'}, but a person insisted`,
  trusted: () => 'nothing speaks against its signature',
  streamable: () => 'it can be streamed',
  'told-apart-by-slot': ({ version }) =>
    `the device runs ${version} already, of another bundle: its slot tells them apart`,
  'runs-another': ({ running, version, bundle }) =>
    `the device runs ${running ?? 'nobody knows what'}, not ${version ?? bundle}`,
  'pinned-whatever-version': () => 'a person pinned it, whatever version the device runs',
  'versions-not-comparable': ({ version, running }) =>
    `${whyNotOrdered(version, running)}, which counts as different`,
  'not-older': ({ version, running }) => `${version} is not older than ${running}`,
  'downgrade-allowed': ({ version, running }) =>
    `${version} is older than ${running}, and the release allows downgrades`,
  'from-any': () => 'it may start from any version',
  'from-running': ({ from, running }) => `it starts from ${from}, and the device runs ${running}`,
  'nothing-unbooted': () => 'no bundle waits for a reboot',
  'this-unbooted': () => 'this bundle waits for a reboot',
  'pinned-over-unbooted': ({ unbooted }) => `${unbooted} waits for a reboot, but the device is pinned`,
  'failures-left': ({ count }) => (count === 0 ? 'it never failed here' : `it failed here ${times(count)}`),
  'rollout-runs': () => 'the rollout runs',
  started: () => 'the rollout has begun',
  'in-step': ({ step, steps }) => `it is in step ${step + 1} of ${steps}`,
  'any-time': () => 'it may begin at any time',
  'window-open': () => 'the maintenance window is open',
  'any-number': () => 'any number may install at a time',
  'in-progress-already': () => 'it is one of those in progress',
  'has-room': ({ count, max }) => `${count} of ${max} are in progress`,

  'no-bundle': () => 'there is no bundle to judge',
  'certificate-unseen': () => 'what its certificate is bound to is known only while it asks',
  'only-asks': () => 'it asks what there is, it does not begin to install',
  'no-offer-stands': () => 'it begins to install, and no offer stands: it is decided anew',
  'compatible-unknown': () => 'nobody knows what could be released for it',
  'carries-all': () => 'it does not ask as a poller that streams',
  'pinned-without-rollout': () => 'a pinned bundle has no rollout',
};

/** Makes the sentence of a verdict or a reason, for people. */
export function sentenceOf<Code extends VerdictCode>({ code, parameters }: Said<Code>): string {
  return sentences[code](parameters);
}

function because(reason: string | null): string {
  return reason === null ? '' : `: ${reason}`;
}

function times(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}
