import fc from 'fast-check';
import { isAssignmentWindowOpen } from '../../../src/core/assignment-window';
import { isWindowOpen } from '../../../src/core/maintenance-window';
import type { StandingOffer } from '../../../src/core/offer-question';
import { decideOffer, judgeOffer, type Offer, type RuleResult } from '../../../src/core/offer';
import { isOpaque } from '../../../src/core/opaque';
import { type OfferRule, offerRules } from '../../../src/core/offer-rules';
import { sentenceOf } from '../../../src/core/offer-sentences';
import type { NothingReason } from '../../../src/core/offer-verdict';
import { carriesAll, noLimits } from '../../../src/core/protocol';
import { compareVersions, parseRaucVersion } from '../../../src/core/version';
import { isInRange } from '../../../src/core/version-range';
import { askingDevice, hourMs, poll, releaseOf, streaming, terms } from '../../support/fleet-factory';
import { bundles, instants, type OfferCase, offerCases } from '../../support/offer-cases';

/** Every reason there is, with the rule that may give it. */
const ruleOf: Readonly<Record<NothingReason, OfferRule>> = {
  'no-compatible': 'compatible',
  'not-its-compatible': 'certificate',
  'waiting-for-admission': 'admitted',
  held: 'not-held',
  'no-release': 'release',
  'pinned-bundle-gone': 'release',
  'bundle-for-other-compatible': 'bundle-compatible',
  'bundle-untrusted': 'trusted',
  'opaque-not-assigned': 'opaque',
  'opaque-not-carried': 'opaque',
  'plain-not-streamable': 'streamable',
  'no-version': 'streamable',
  'crypt-not-encrypted': 'streamable',
  'up-to-date': 'other-version',
  'waits-for-reboot': 'booted',
  'older-version': 'not-older',
  'outside-from': 'from',
  'failed-before': 'tries-left',
  'downloaded-before': 'tries-left',
  'interrupted-before': 'tries-left',
  cancelled: 'tries-left',
  'rollout-paused': 'running',
  'rollout-aborted': 'running',
  'not-started': 'started',
  'not-in-step': 'step',
  'outside-window': 'window',
  'only-downloaded': 'window',
  'too-many-in-progress': 'capacity',
};

const decide = ({ device, releases, question, terms: known }: OfferCase): Offer =>
  decideOffer(device, releases, question, known);

/** What each rule says on the way there. */
const chainOf = ({ device, releases, question, terms: known }: OfferCase): readonly RuleResult[] =>
  judgeOffer(device, releases, question, known);

/** Holds for every case. */
function always(law: (asked: OfferCase, offer: Offer) => void): void {
  fc.assert(
    fc.property(offerCases, (asked) => {
      law(asked, decide(asked));
    }),
    { numRuns: 1500 },
  );
}

/** It begins to install what it was told of, in time. */
function isStanding({ device: { standing }, question: { at, isInstall } }: OfferCase): boolean {
  return isInstall && standing !== null && at < standing.endsAt;
}

describe('an offer, whatever is asked', () => {
  it('is of all kinds in these cases', () => {
    const seen = new Map<string, number>();
    for (const asked of fc.sample(offerCases, { numRuns: 7000, seed: 1 })) {
      const offer = decide(asked);
      const what = offer.kind === 'nothing' ? offer.reason : isStanding(asked) ? 'standing' : 'bundle';
      seen.set(what, (seen.get(what) ?? 0) + 1);
    }
    expect([...seen.keys()].sort()).toEqual([...Object.keys(ruleOf), 'bundle', 'standing'].sort());
    expect(seen.get('bundle')).toBeGreaterThan(250);
    expect(seen.get('standing')).toBeGreaterThan(250);
  });

  it('is never a bundle of another compatible, unless a person released it for this one by force', () => {
    always(({ device: { compatible }, releases }, offer) => {
      if (offer.kind !== 'bundle' || offer.bundle.compatible === compatible || isOpaque(offer.bundle)) return;
      expect(releases).toContainEqual(
        expect.objectContaining({ compatible, forced: true, bundle: offer.bundle }),
      );
    });
  });

  it('is never a bundle that is not trusted, released, pinned or told', () => {
    always(({ terms: { distrust } }, offer) => {
      if (offer.kind === 'bundle') expect(distrust?.(offer.bundle)).toBeNull();
    });
  });

  it('is never a pinned bundle of another compatible', () => {
    always((asked, offer) => {
      const { pin, compatible } = asked.device;
      if (pin === null || isStanding(asked) || offer.kind !== 'bundle' || isOpaque(offer.bundle)) return;
      expect(offer.bundle.compatible).toBe(compatible);
    });
  });

  it('is an opaque file only where a person assigned it, and by a protocol that carries it', () => {
    always((asked, offer) => {
      if (offer.kind !== 'bundle' || !isOpaque(offer.bundle)) return;
      expect(offer.release).toBeNull();
      expect(asked.question.limits.carriesOpaque).toBe(true);
      if (!isStanding(asked)) expect(asked.device.pin?.bundle).toBe(offer.bundle);
    });
  });

  it('is nothing for a device that is held, waits, or says to be what its certificate is not for', () => {
    always(({ device: { hold, admission, compatible, boundCompatibles } }, { kind }) => {
      const isStranger = boundCompatibles.length > 0 && !boundCompatibles.includes(compatible ?? '');
      if (hold !== null || admission !== 'admitted' || isStranger) expect(kind).toBe('nothing');
    });
  });

  it('is what a person pinned, or nothing, and never what the channel has', () => {
    always((asked, offer) => {
      const { pin } = asked.device;
      if (pin === null || isStanding(asked) || offer.kind !== 'bundle') return;
      expect(offer).toMatchObject({ bundle: pin.bundle, release: null, step: null });
    });
  });

  it('is nothing that is only downloaded, or waits for its window, where that cannot be told', () => {
    always((asked, offer) => {
      const { device, question } = asked;
      const terms = device.pin?.terms;
      if (terms === undefined || isStanding(asked) || offer.kind !== 'bundle') return;
      if (question.limits.tellsTerms === true) return;
      expect(terms.kind).not.toBe('downloadonly');
      if (terms.window !== null) expect(isAssignmentWindowOpen(terms.window, question.at)).toBe(true);
    });
  });

  it('does not depend on the channel and its rollout for a pinned device', () => {
    always((asked, offer) => {
      const { device } = asked;
      if (device.pin === null || isStanding(asked)) return;
      expect(decide({ ...asked, releases: [] })).toEqual(offer);
      expect(decide({ ...asked, device: { ...device, channel: 'beta' } })).toEqual(offer);
    });
  });

  it('is the same for the same question, and leaves what it was asked with as it is', () => {
    always((asked, offer) => {
      const { device, releases, question } = structuredClone({ ...asked, terms: null });
      expect(decide(asked)).toEqual(offer);
      expect(decide({ device, releases, question, terms: asked.terms })).toEqual(offer);
      expect({ ...asked, terms: null }).toEqual({ device, releases, question, terms: null });
    });
  });

  it('says for each rule, in order, whether it passed, and why in words', () => {
    always((asked) => {
      const chain = chainOf(asked);
      expect(chain.map(({ rule }) => rule)).toEqual(offerRules);
      const isSentence = (result: RuleResult) => /^\S+( \S+)+$/.test(sentenceOf(result));
      expect(chain.filter((one) => !isSentence(one))).toEqual([]);
    });
  });

  it('is nothing for the reason of the first rule that failed', () => {
    always((asked, offer) => {
      const failed = chainOf(asked).find(({ passed }) => passed === false);
      if (offer.kind === 'bundle') expect(failed).toBeUndefined();
      else expect(failed).toEqual({ rule: ruleOf[offer.reason], ...offer.because });
    });
  });

  it('leaves no rule unasked before the one that failed, but those that do not apply', () => {
    const needless = ['standing-offer', 'opaque', 'streamable'];
    always((asked, offer) => {
      if (offer.kind === 'bundle') return;
      const until = chainOf(asked).slice(0, offerRules.indexOf(ruleOf[offer.reason]));
      // Terms of a pin are judged with the window; a pin has no rollout. An opaque file has no compatible.
      const applies = ({ rule, code }: RuleResult) =>
        !needless.includes(rule) && code !== 'pinned-without-rollout' && code !== 'opaque-for-any';
      expect(until.filter((one) => one.passed !== true && applies(one))).toEqual([]);
    });
  });

  it('does not change with releases of another compatible or channel', () => {
    const other = fc.record({
      compatible: fc.constantFrom('board', 'gw', 'x'),
      bundle: bundles,
      at: fc.nat(6),
    });
    fc.assert(
      fc.property(offerCases, other, (asked, { compatible, bundle, at }) => {
        const { device, releases } = asked;
        const channel = compatible === device.compatible ? 'nightly' : device.channel;
        const unrelated = releaseOf(compatible, { id: 99, channel, bundle });
        expect(decide({ ...asked, releases: releases.toSpliced(at, 0, unrelated) })).toEqual(decide(asked));
      }),
      { numRuns: 1000 },
    );
  });

  it('is never a bundle that failed there too often, or was cancelled there', () => {
    always((asked, offer) => {
      if (offer.kind !== 'bundle' || isStanding(asked)) return;
      const { failures, cancelledSha256 } = asked.device;
      expect(failures.get(offer.bundle.sha256) ?? 0).toBeLessThan(asked.terms.maxTries);
      expect(offer.bundle.sha256).not.toBe(cancelledSha256);
    });
  });

  it('is never what the device runs already', () => {
    always((asked, offer) => {
      if (offer.kind !== 'bundle' || isStanding(asked)) return;
      const version = offer.bundle.inspection.manifest?.version ?? null;
      const { provenSha256, systemVersion, tellsSlot } = asked.device;
      expect(offer.bundle.sha256).not.toBe(provenSha256);
      // Another bundle of the same version is told apart by the slot alone.
      if (provenSha256 === null || !tellsSlot) expect(version ?? 'none').not.toBe(systemVersion);
    });
  });

  it('is never older than what the device runs, unless a person said so', () => {
    always((asked, offer) => {
      if (offer.kind !== 'bundle' || isStanding(asked) || offer.release === null) return;
      const running = parseRaucVersion(asked.device.systemVersion ?? '');
      const target = parseRaucVersion(offer.bundle.inspection.manifest?.version ?? '');
      if (running === null || target === null || offer.release.rollout.policy.allowDowngrade) return;
      expect(compareVersions(target, running)).toBeGreaterThanOrEqual(0);
    });
  });

  it('is refused as older only when both versions are known and RAUC puts the bundle first', () => {
    always(({ device, releases }, offer) => {
      if (offer.kind === 'bundle' || offer.reason !== 'older-version') return;
      const release = releases.find(
        ({ compatible, channel }) => compatible === device.compatible && channel === device.channel,
      );
      const running = parseRaucVersion(device.systemVersion ?? '');
      const target = parseRaucVersion(release?.bundle.inspection.manifest?.version ?? '');
      if (running === null || target === null) throw new Error('it compared what it could not read');
      expect(compareVersions(target, running)).toBeLessThan(0);
      expect(device.pin).toBeNull();
    });
  });

  it('starts from a version that its release names, and never from an unknown one when it names any', () => {
    always((asked, offer) => {
      if (offer.kind !== 'bundle' || isStanding(asked) || offer.release === null) return;
      const { from } = offer.release.rollout.policy;
      if (from === null) return;
      expect(asked.device.systemVersion).not.toBeNull();
      expect(isInRange(asked.device.systemVersion, from)).toBe(true);
    });
  });

  it('does not depend on downgrades and starting versions for a pinned device', () => {
    always((asked, offer) => {
      if (asked.device.pin === null || isStanding(asked)) return;
      const systemVersion = '99';
      const newer = decide({ ...asked, device: { ...asked.device, systemVersion } });
      expect(['older-version', 'outside-from']).not.toContain(newer.kind === 'nothing' ? newer.reason : '');
      if (offer.kind === 'bundle') expect(newer.kind).toBe('bundle');
    });
  });

  it('allows with downgrades all that it allows without, and nothing else to devices that do not go down', () => {
    const everywhere = (asked: OfferCase, allowDowngrade: boolean): OfferCase => ({
      ...asked,
      releases: asked.releases.map((release) => ({
        ...release,
        rollout: { ...release.rollout, policy: { ...release.rollout.policy, allowDowngrade } },
      })),
    });
    always((asked) => {
      const strict = decide(everywhere(asked, false));
      const lax = decide(everywhere(asked, true));
      if (strict.kind === 'bundle') expect(lax).toMatchObject({ kind: 'bundle', bundle: strict.bundle });
      else if (strict.reason !== 'older-version') expect(lax).toMatchObject({ reason: strict.reason });
    });
  });

  it('is never what makes a poller that streams fail or abort', () => {
    always(({ question: { limits } }, offer) => {
      if (offer.kind !== 'bundle' || carriesAll(limits)) return;
      const { format, encrypted, manifest } = offer.bundle.inspection;
      expect(format).not.toBe('plain');
      expect(format === 'crypt' && !encrypted).toBe(false);
      if (!encrypted) expect(manifest?.version).toEqual(expect.any(String));
    });
  });

  it('comes from a rollout that runs, has begun, is in its window and has room', () => {
    always((asked, offer) => {
      if (offer.kind !== 'bundle' || isStanding(asked) || offer.release === null) return;
      const { device, question, terms: known } = asked;
      const { id, rollout, channel, compatible } = offer.release;
      expect({ channel, compatible }).toEqual({ channel: device.channel, compatible: device.compatible });
      expect(rollout.state).toBe('running');
      expect(question.at.getTime()).toBeGreaterThanOrEqual(rollout.policy.startAt?.getTime() ?? 0);
      expect(offer.step).toBeLessThanOrEqual(rollout.step);
      if (rollout.policy.window !== null) expect(isWindowOpen(rollout.policy.window, question.at)).toBe(true);
      const { standing } = device;
      const isCounted =
        standing?.releaseId === id &&
        (standing.hasBegun || (question.at < standing.endsAt && !standing.isIgnored));
      if (rollout.policy.maxInProgress !== null && !isCounted)
        expect(known.inProgress(id)).toBeLessThan(rollout.policy.maxInProgress);
    });
  });
});

describe('a request to install what was offered', () => {
  it('gets just that while the offer stands, whatever is released, paused, full or failed meanwhile', () => {
    const told = fc.record({
      asked: offerCases,
      bundle: bundles,
      limits: fc.constantFrom(noLimits, streaming),
    });
    fc.assert(
      fc.property(told, instants, ({ asked, bundle, limits }, endsAt) => {
        const first = decideOffer(
          askingDevice(),
          [releaseOf('board', { bundle })],
          { ...poll, limits },
          terms,
        );
        fc.pre(first.kind === 'bundle' && asked.question.at < endsAt);
        const standing = { bundle, releaseId: 1, endsAt, hasBegun: false, isIgnored: false };
        const changed = { channel: 'beta', pin: asked.device.pin, failures: asked.device.failures };
        const device = askingDevice({ ...changed, systemVersion: asked.device.systemVersion, standing });
        const question = { at: asked.question.at, isInstall: true, limits };
        const offer = decide({ ...asked, device, question });
        const isDistrusted = (asked.terms.distrust?.(bundle) ?? null) !== null;
        expect(offer).toMatchObject(
          isDistrusted ? { reason: 'bundle-untrusted' } : { kind: 'bundle', bundle },
        );
        const hold = { reason: '', by: 'local', at: endsAt };
        expect(decide({ ...asked, device: { ...device, hold }, question })).toMatchObject({ reason: 'held' });
      }),
      { numRuns: 1000 },
    );
  });

  it('is decided again when the offer has ended', () => {
    always((asked) => {
      const { device, question } = asked;
      if (device.standing === null || isStanding(asked)) return;
      const standing = { ...device.standing, endsAt: question.at, hasBegun: false, isIgnored: false };
      expect(decide({ ...asked, device: { ...device, standing } })).toEqual(
        decide({ ...asked, device: { ...device, standing: null } }),
      );
    });
  });
});

describe('a cap on installations in progress', () => {
  const moves = fc.array(
    fc.record({
      device: fc.integer({ min: 1, max: 4 }),
      does: fc.constantFrom('ask', 'begin', 'end'),
      minutes: fc.constantFrom(0, 10, 59, 61),
    }),
    { minLength: 20, maxLength: 60 },
  );

  it('holds whoever asks, begins, ends and lets offers lapse', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 3 }), moves, (maxInProgress, all) => {
        const release = releaseOf('board', { policy: { maxInProgress } });
        const { bundle } = release;
        const told = new Map<number, StandingOffer>();
        let at = poll.at;
        const inProgress = () => [...told.values()].filter((one) => one.hasBegun || at < one.endsAt).length;
        for (const { device, does, minutes } of all) {
          at = new Date(at.getTime() + minutes * 60_000);
          const standing = told.get(device) ?? null;
          if (does === 'ask') {
            const asking = askingDevice({ id: `dev-${device}`, standing });
            const offer = decideOffer(asking, [release], { ...poll, at }, { ...terms, inProgress });
            const endsAt = new Date(at.getTime() + hourMs);
            if (offer.kind === 'bundle')
              told.set(device, {
                bundle,
                releaseId: 1,
                endsAt,
                hasBegun: standing?.hasBegun ?? false,
                isIgnored: false,
              });
            const isCounted = standing !== null && (standing.hasBegun || at < standing.endsAt);
            if (isCounted) expect(offer.kind).toBe('bundle');
          } else if (does === 'begin' && standing !== null && at < standing.endsAt) {
            told.set(device, { ...standing, hasBegun: true });
          } else if (does === 'end') told.delete(device);
          expect(inProgress()).toBeLessThanOrEqual(maxInProgress);
        }
      }),
      { numRuns: 500 },
    );
  });
});
