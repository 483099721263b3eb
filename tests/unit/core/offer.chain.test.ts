import type { AskingDevice, OfferTerms, Question } from '../../../src/core/offer-question';
import { decideOffer, judgeOffer } from '../../../src/core/offer';
import type { OfferRule } from '../../../src/core/offer-rules';
import { sentenceOf } from '../../../src/core/offer-sentences';
import type { NothingReason } from '../../../src/core/offer-verdict';
import type { Release } from '../../../src/core/release';
import type { RolloutStep } from '../../../src/core/rollout';
import {
  askingDevice,
  bundleOf,
  hourMs,
  madeAt,
  poll,
  releaseOf,
  streaming,
  terms,
} from '../../support/fleet-factory';

interface Asked {
  readonly device?: Partial<AskingDevice>;
  readonly releases?: readonly Release[];
  readonly question?: Partial<Question>;
  readonly terms?: Partial<OfferTerms>;
}

function whole(asked: Asked) {
  return [
    askingDevice(asked.device),
    asked.releases ?? [releaseOf('board')],
    { ...poll, ...asked.question },
    { ...terms, ...asked.terms },
  ] as const;
}

function decide(asked: Asked) {
  return decideOffer(...whole(asked));
}

/** What a rule says. */
function said(rule: OfferRule, asked: Asked) {
  const result = judgeOffer(...whole(asked)).find((one) => one.rule === rule);
  return result === undefined ? undefined : { passed: result.passed, message: sentenceOf(result) };
}

/** Why nothing is offered. */
function why(asked: Asked) {
  const offer = decide(asked);
  return offer.kind === 'bundle' ? offer : { reason: offer.reason, message: sentenceOf(offer.because) };
}

const current = releaseOf('board').bundle;
const standing = {
  bundle: current,
  releaseId: 1,
  endsAt: new Date(poll.at.getTime() + hourMs),
  hasBegun: false,
  isIgnored: false,
};
const steps: readonly RolloutStep[] = [
  { kind: 'group', label: 'lab' },
  { kind: 'percent', percent: 25 },
  { kind: 'percent', percent: 100 },
];
/** `dev-1` has its place at 66.7 %. */
const inSteps = (step: number) => [releaseOf('board', { policy: { steps }, rollout: { step } })];
const rollout = (change: Partial<Release['rollout']>) => [releaseOf('board', { rollout: change })];
const hold = { reason: 'on a test bench', by: 'token:ops', at: madeAt };
const plain = bundleOf('board', '2.0.0', { format: 'plain' });

describe('nothing is offered, and a person reads why', () => {
  it.each<[NothingReason, RegExp, Asked]>([
    ['no-compatible', /did not name its compatible/, { device: { compatible: null } }],
    ['not-its-compatible', /certificate is not bound to board/, { device: { boundCompatibles: ['gw'] } }],
    ['waiting-for-admission', /waiting for admission/, { device: { admission: 'waiting' } }],
    ['held', /^held by token:ops: on a test bench$/, { device: { hold } }],
    ['held', /^held by token:ops$/, { device: { hold: { ...hold, reason: '' } } }],
    ['no-release', /nothing is released for board$/, { releases: [] }],
    ['no-release', /for board on the channel beta/, { device: { channel: 'beta' } }],
    [
      'pinned-bundle-gone',
      /pinned to old.raucb, which is not on this server/,
      { device: { pin: { bundleName: 'old.raucb', bundle: undefined } } },
    ],
    [
      'bundle-for-other-compatible',
      /gw-2.0.0.raucb is for gw, not for board/,
      { device: { pin: { bundleName: 'gw-2.0.0.raucb', bundle: bundleOf('gw') } } },
    ],
    [
      'bundle-for-other-compatible',
      /is for an unknown compatible, not for board/,
      { releases: [releaseOf('board', { bundle: bundleOf(null) })] },
    ],
    [
      'bundle-for-other-compatible',
      /is for an unknown compatible, not for board/,
      { device: { pin: { bundleName: 'unknown-2.0.0.raucb', bundle: bundleOf(null) } } },
    ],
    [
      'bundle-untrusted',
      /board-2.0.0.raucb is not offered: it is not trusted: it expired/,
      { terms: { distrust: () => 'it is not trusted: it expired' } },
    ],
    [
      'bundle-untrusted',
      /board-2.0.0.raucb is not offered/,
      { terms: { distrust: () => 'no' }, question: { isInstall: true }, device: { standing } },
    ],
    [
      'plain-not-streamable',
      /in plain format/,
      { question: { limits: streaming }, releases: [releaseOf('board', { bundle: plain })] },
    ],
    [
      'crypt-not-encrypted',
      /crypt but is not encrypted/,
      {
        question: { limits: streaming },
        releases: [releaseOf('board', { bundle: bundleOf('board', '2.0.0', { format: 'crypt' }) })],
      },
    ],
    [
      'no-version',
      /has no version, which makes RAUC's poller abort/,
      {
        question: { limits: streaming },
        releases: [releaseOf('board', { bundle: bundleOf('board', null) })],
      },
    ],
    ['up-to-date', /already runs 2.0.0/, { device: { systemVersion: '2.0.0' } }],
    [
      'up-to-date',
      /proven to run board-none.raucb/,
      {
        device: { provenSha256: bundleOf('board', null).sha256 },
        releases: [releaseOf('board', { bundle: bundleOf('board', null) })],
      },
    ],
    [
      'failed-before',
      /^this bundle failed here once/,
      { device: { failures: new Map([[current.sha256, 1]]) } },
    ],
    [
      'failed-before',
      /^this bundle failed here twice/,
      { device: { failures: new Map([[current.sha256, 2]]) }, terms: { maxTries: 2 } },
    ],
    [
      'failed-before',
      /^this bundle failed here 3 times/,
      { device: { failures: new Map([[current.sha256, 3]]) } },
    ],
    ['cancelled', /was cancelled here/, { device: { cancelledSha256: current.sha256 } }],
    [
      'rollout-paused',
      /the rollout is paused: 3 failed/,
      { releases: rollout({ state: 'paused', reason: '3 failed' }) },
    ],
    ['rollout-paused', /the rollout is paused$/, { releases: rollout({ state: 'paused' }) }],
    ['rollout-aborted', /the rollout is aborted$/, { releases: rollout({ state: 'aborted' }) }],
    [
      'not-started',
      /starts at 2026-11-03T00:00:00.000Z/,
      { releases: [releaseOf('board', { policy: { startAt: new Date('2026-11-03T00:00:00Z') } })] },
    ],
    ['not-in-step', /^step 1 of 3: not in the group lab$/, { releases: inSteps(0) }],
    ['not-in-step', /^step 2 of 3: not in the first 25 %$/, { releases: inSteps(1) }],
    [
      'not-in-step',
      /^step 1 of 1: the device does not have the attribute product=gateway$/,
      {
        releases: [
          releaseOf('board', {
            policy: { steps: [{ kind: 'attribute', name: 'product', value: 'gateway' }] },
          }),
        ],
      },
    ],
    [
      'outside-window',
      /the maintenance window is closed/,
      {
        releases: [
          releaseOf('board', {
            policy: { window: { days: ['sun'], from: '01:00', to: '05:00', timeZone: 'UTC' } },
          }),
        ],
      },
    ],
    [
      'too-many-in-progress',
      /3 of at most 3 are already in progress/,
      { releases: [releaseOf('board', { policy: { maxInProgress: 3 } })], terms: { inProgress: () => 3 } },
    ],
  ])('%s: %s', (reason, sentence, asked) => {
    expect(why(asked)).toEqual({
      reason,
      message: expect.stringMatching(sentence) as string,
    });
  });
});

describe('what a rule says when it passes', () => {
  const pinned = { pin: { bundleName: current.name, bundle: current } };
  const limited = [releaseOf('board', { policy: { maxInProgress: 3 } })];
  const gwByForce = releaseOf('board', { bundle: bundleOf('gw'), forced: true });

  it.each<[OfferRule, boolean | null, RegExp, Asked]>([
    ['compatible', true, /its compatible is board/, {}],
    ['certificate', true, /not bound to a compatible/, {}],
    ['certificate', true, /bound to board/, { device: { boundCompatibles: ['gw', 'board'] } }],
    ['admitted', true, /admitted/, {}],
    ['not-held', true, /not on hold/, {}],
    ['standing-offer', null, /does not start an installation/, {}],
    ['standing-offer', null, /without a standing offer/, { question: { isInstall: true } }],
    ['standing-offer', true, /offered board-2.0.0/, { question: { isInstall: true }, device: { standing } }],
    ['release', true, /board-2.0.0.raucb is current on the channel stable/, {}],
    ['release', true, /pinned to board-2.0.0.raucb/, { device: pinned }],
    ['release', null, /its compatible is unknown/, { device: { ...pinned, compatible: null } }],
    ['bundle-compatible', true, /the bundle is for board/, {}],
    ['bundle-compatible', true, /is for gw, released by force/, { releases: [gwByForce] }],
    ['trusted', true, /signature is acceptable/, {}],
    ['streamable', null, /does not need to stream/, {}],
    ['streamable', true, /can be streamed/, { question: { limits: streaming } }],
    ['other-version', true, /runs 1.0.0, not 2.0.0/, {}],
    ['other-version', true, /version is unknown/, { device: { systemVersion: null } }],
    ['tries-left', true, /never failed here/, {}],
    [
      'tries-left',
      true,
      /failed here once/,
      { device: { failures: new Map([[current.sha256, 1]]) }, terms: { maxTries: 2 } },
    ],
    ['running', true, /the rollout is running/, {}],
    ['running', null, /a pinned bundle has no rollout/, { device: pinned }],
    ['started', true, /has started/, {}],
    ['step', true, /step 1 of 3/, { releases: inSteps(2), device: { labels: ['lab'] } }],
    ['step', true, /step 3 of 3/, { releases: inSteps(2) }],
    ['window', true, /at any time/, {}],
    ['capacity', true, /is not limited/, {}],
    ['capacity', true, /2 of 3 are in progress/, { releases: limited, terms: { inProgress: () => 2 } }],
    [
      'capacity',
      true,
      /one of those in progress/,
      { releases: limited, terms: { inProgress: () => 3 }, device: { standing } },
    ],
  ])('%s: %s, %s', (rule, passed, sentence, asked) => {
    expect(said(rule, asked)).toEqual({
      passed,
      message: expect.stringMatching(sentence) as string,
    });
  });
});

describe('the chain', () => {
  it('has every rule that failed, and the first of them decides', () => {
    const asked = {
      device: { hold, failures: new Map([[current.sha256, 1]]) },
      releases: rollout({ state: 'paused' }),
    };
    const failed = judgeOffer(...whole(asked))
      .filter(({ passed }) => passed === false)
      .map(({ rule }) => rule);
    expect(failed).toEqual(['not-held', 'tries-left', 'running']);
    expect(decide(asked)).toMatchObject({ reason: 'held' });
  });

  it('tells the step that a device belongs to', () => {
    expect(decide({ releases: inSteps(2) })).toMatchObject({ kind: 'bundle', step: 2 });
    expect(decide({ releases: inSteps(2), device: { labels: ['lab'] } })).toMatchObject({ step: 0 });
  });
});

describe('a bundle that was released by force for another compatible', () => {
  const byForce = releaseOf('board', { bundle: bundleOf('gw', '2.0.0'), forced: true });
  const told = { ...standing, bundle: byForce.bundle };
  const install = { question: { isInstall: true }, releases: [byForce] };

  it('is for the compatible that it was released for alone, also when it was told already', () => {
    expect(decide({ ...install, device: { standing: told } })).toMatchObject({ bundle: byForce.bundle });
    expect(decide({ ...install, device: { standing: told, compatible: 'Board' } })).toMatchObject({
      reason: 'bundle-for-other-compatible',
    });
  });

  it('does not take another bundle along', () => {
    const other = { ...standing, bundle: bundleOf('gw', '9') };
    expect(decide({ ...install, device: { standing: other } })).toMatchObject({
      reason: 'bundle-for-other-compatible',
    });
  });
});
