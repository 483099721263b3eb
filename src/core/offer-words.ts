import type { Said, VerdictCode, VerdictParameters } from './offer-verdict';
import type { SayWhy, Why } from './reasons/why';
import { defaultChannel } from './release';
import { parseRaucVersion } from './version';
import type { WayToVersion } from './way-to-version';
import { whyNotComparable, whyNotOrdered } from './version-rules';

/** The sentence of each code: the only place where a verdict has words. */
const words: {
  readonly [Code in VerdictCode]: (parameters: VerdictParameters[Code], say: SayWhy) => string;
} = {
  'no-compatible': () => 'the device did not name its compatible and the server has no default one',
  'not-its-compatible': ({ compatible }) =>
    compatible === null
      ? "the device's certificate is bound to a compatible, and the device named none"
      : `the device's certificate is not bound to ${compatible}`,
  'waiting-for-admission': () => 'the device is new and waiting for admission',
  held: ({ by, reason }, say) => `held by ${by}${because(reason === '' ? null : reason, say)}`,
  'no-release': ({ compatible, channel }) =>
    `nothing is released for ${compatible}${channel === defaultChannel ? '' : ` on the channel ${channel}`}`,
  'pinned-bundle-gone': ({ bundle }) => `it is pinned to ${bundle}, which is not on this server`,
  'bundle-for-other-compatible': ({ bundle, own, compatible }) =>
    `${bundle} is for ${own ?? 'an unknown compatible'}, not for ${compatible ?? 'it'}`,
  'opaque-not-assigned': ({ bundle }) => `${bundle} is an opaque file: it must be assigned to the device`,
  'opaque-not-carried': ({ bundle }) =>
    `${bundle} is an opaque file: only clients of hawkBit's device protocol get it`,
  'bundle-untrusted': ({ bundle, why }, say) => `${bundle} is not offered: ${say(why)}`,
  'plain-not-streamable': ({ bundle }) => `${bundle} is in plain format, which cannot be streamed`,
  'crypt-not-encrypted': ({ bundle }) =>
    `${bundle} has format crypt but is not encrypted: RAUC cannot install it`,
  'no-version': ({ bundle }) => `${bundle} has no version, which makes RAUC's poller abort`,
  'up-to-date': (runs) =>
    'proven' in runs
      ? `the device is proven to run ${runs.proven}`
      : `the device already runs ${runs.version}`,
  'waits-for-reboot': ({ unbooted, bundle }) =>
    `${unbooted} is installed and waiting for a reboot; ${bundle} is offered after it`,
  'older-version': ({ version, running }) => `the device runs ${running}, and ${version} is older`,
  'outside-from': ({ from, running, way }) => {
    const isUnknown = running === null || parseRaucVersion(running) === null;
    const runs = isUnknown ? whyNotComparable('device', running) : `the device runs ${running}`;
    return `it requires ${from}, and ${runs}${way === null ? '' : `: ${wayWords(way)}`}`;
  },
  'failed-before': ({ count }) =>
    `this bundle failed here ${times(count)} and is not offered again until you clear the device's failures`,
  'downloaded-before': ({ count }) =>
    `this bundle was downloaded ${times(count)}, but the poller does not report how it ended: it is not offered again until you clear the device's failures`,
  'interrupted-before': ({ count }) =>
    `a reboot interrupted this bundle ${times(count)}, and it is not offered again until you clear the device's failures`,
  cancelled: () =>
    "this bundle was cancelled here and is not offered again until you clear the device's failures",
  'rollout-paused': (why, say) =>
    'pauses' in why
      ? `the rollout pauses: ${say(why.pauses)}`
      : `the rollout is paused${because(why.reason, say)}`,
  'rollout-aborted': ({ reason }, say) => `the rollout is aborted${because(reason, say)}`,
  'not-started': ({ startAt }) => `the rollout starts at ${startAt}`,
  'not-in-step': ({ step, steps, group, percent, attribute }) => {
    const at = `step ${step + 1} of ${steps}`;
    if (attribute !== undefined) return `${at}: the device does not have the attribute ${attribute}`;
    return `${at}: not in the ${group === null ? `first ${percent} %` : `group ${group}`}`;
  },
  'outside-window': () => 'the maintenance window is closed',
  'only-downloaded': ({ bundle }) =>
    `${bundle} is assigned for download only, which only clients of hawkBit's device protocol support`,
  'too-many-in-progress': ({ count, max }) => `${count} of at most ${max} are already in progress`,

  'compatible-known': ({ compatible }) => `its compatible is ${compatible}`,
  'certificate-unbound': () => 'its certificate is not bound to a compatible',
  'certificate-fits': ({ compatible }) => `its certificate is bound to ${compatible}`,
  admitted: () => 'it is admitted',
  'not-held': () => 'it is not on hold',
  'begins-what-was-told': ({ bundle }) => `it was offered ${bundle} and is starting`,
  'already-told': () => 'it was offered this bundle and is now requesting it',
  pinned: ({ bundle }) => `it is pinned to ${bundle}`,
  current: ({ bundle, channel }) => `${bundle} is current on the channel ${channel}`,
  'opaque-assigned': ({ bundle }) => `${bundle} is an opaque file, assigned to this device`,
  'bundle-fits': ({ own }) => `the bundle is for ${own ?? 'it'}`,
  'bundle-forced': ({ own }) => `the bundle is for ${own ?? 'another compatible'}, released by force`,
  trusted: () => 'its signature is acceptable',
  streamable: () => 'it can be streamed',
  'told-apart-by-slot': ({ version }) =>
    `the device already runs ${version} from another bundle: the slot tells them apart`,
  'runs-another': ({ running, version, bundle }) =>
    running === null
      ? `the device's version is unknown; the bundle is ${version ?? bundle}`
      : `the device runs ${running}, not ${version ?? bundle}`,
  'pinned-whatever-version': () => 'it is pinned, so the running version does not matter',
  'versions-not-comparable': ({ version, running }) =>
    `${whyNotOrdered(version, running)}, which counts as different`,
  'not-older': ({ version, running }) => `${version} is not older than ${running}`,
  'downgrade-allowed': ({ version, running }) =>
    `${version} is older than ${running}, and the release allows downgrades`,
  'from-any': () => 'it installs over any version',
  'from-running': ({ from, running }) => `it requires ${from}, and the device runs ${running}`,
  'nothing-unbooted': () => 'no bundle is waiting for a reboot',
  'this-unbooted': () => 'this bundle is waiting for a reboot',
  'pinned-over-unbooted': ({ unbooted }) => `${unbooted} is waiting for a reboot, but the device is pinned`,
  'failures-left': ({ count }) => (count === 0 ? 'it never failed here' : `it failed here ${times(count)}`),
  'rollout-runs': () => 'the rollout is running',
  started: () => 'the rollout has started',
  'in-step': ({ step, steps }) => `it is in step ${step + 1} of ${steps}`,
  'any-time': () => 'it may start at any time',
  'window-open': () => 'the maintenance window is open',
  'downloads-ahead': () => 'the maintenance window is closed: it downloads now and installs when it opens',
  'any-number': () => 'the number of installations at a time is not limited',
  'in-progress-already': () => 'it is one of those in progress',
  'has-room': ({ count, max }) => `${count} of ${max} are in progress`,

  'no-bundle': () => 'there is no bundle to judge',
  'not-opaque': () => 'it is a RAUC bundle',
  'opaque-for-any': () => 'an opaque file has no compatible',
  'certificate-unseen': () => 'what its certificate is bound to is known only during a request',
  'only-asks': () => 'it only asks; it does not start an installation',
  'no-offer-stands': () => 'it starts to install without a standing offer, so the decision is made again',
  'compatible-unknown': () => 'its compatible is unknown',
  'carries-all': () => 'it does not need to stream the bundle',
  'pinned-without-rollout': () => 'a pinned bundle has no rollout',
};

/** Makes the sentence of a verdict or a reason. @param say makes the sentences of reasons within it */
export function wordsOf<Code extends VerdictCode>({ code, parameters }: Said<Code>, say: SayWhy): string {
  return words[code](parameters, say);
}

/** Whether there are words for a code: a newer server may know more. */
export function isVerdictCode(code: string): code is VerdictCode {
  return Object.hasOwn(words, code);
}

function because(reason: Why | null, say: SayWhy): string {
  return reason === null ? '' : `: ${say(reason)}`;
}

function times(count: number): string {
  return ['never', 'once', 'twice'][count] ?? `${count} times`;
}

function wayWords(way: WayToVersion): string {
  return way.kind === 'channel'
    ? `the channel ${way.channel} takes it to ${way.version}`
    : `a pin to ${way.bundleName} takes it to ${way.version}`;
}
