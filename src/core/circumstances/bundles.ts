import { counted } from '../../base/text/counted';
import type { Circumstances, SayWhy, Why } from '../reasons/why';

/** Why a bundle is not offered or not checked, and why a compatible is the default one. */
export const bundleCircumstances = {
  'no-finding': () => 'no reason is known',
  'bundle-being-judged': () => 'its signature is being checked against the current keyring',
  'bundle-untrusted': ({ why }: { why: Why }, say: SayWhy) => `it is not trusted: ${say(why)}`,
  'opaque-not-accepted': () => 'this server does not accept opaque files',
  'not-a-rauc-bundle': () => 'it is not a RAUC bundle',
  'bundle-broken': () => 'the bundle is broken',
  'images-check-failed': ({ tries, why }: { tries: number; why: Why }, say: SayWhy) =>
    `the check ended early ${tries === 1 ? 'once' : counted(tries, 'time')} (${say(why)}); upload the bundle again to have it checked`,
  'server-ended-during-check': () => 'the server ended during each check',
  'default-configured': () => 'it is configured',
  'default-only-one': () => 'it is the only compatible with a release',
  'default-none': () => 'nothing is released',
  'default-of-several': () => 'several compatibles have a release and none is configured as the default',
  'nothing-released': ({ compatible }: { compatible: string }) => `nothing is released for ${compatible}`,
} satisfies Circumstances;
