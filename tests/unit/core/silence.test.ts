import fc from 'fast-check';
import { changeInstallation, type Installation } from '../../../src/core/installation';
import { isStarted } from '../../../src/core/installation-states';
import type { Image } from '../../../src/core/inspection';
import { payloadNeed } from '../../../src/core/payload-need';
import type { Evidence, ProofRules } from '../../../src/core/evidence';
import { judgeContact } from '../../../src/core/proof';
import { judgeReport, reportStates } from '../../../src/core/report';
import { conclusions, isOverByPoll, judgeSilence, openEnds } from '../../../src/core/silence';
import { reported } from '../../support/device-events';
import { bundleOf, hourMs, installationOf, madeAt } from '../../support/fleet-factory';
import { said } from '../../support/said';

const rules: ProofRules = {
  rollbackWindowMs: 24 * hourMs,
  patiencePolls: 3,
  failAfterPolls: 0,
  stalledAfterMs: 14 * 24 * hourMs,
};

const words = <T>(...all: readonly T[]) => fc.constantFrom<T | null>(...all, null);
const step = fc.record({
  hours: fc.integer({ min: -1, max: 200 }),
  report: fc.option(fc.constantFrom(...reportStates), { freq: 4 }),
  transactionId: words('t-1', 't-2'),
  isPoll: fc.boolean(),
  native: fc.option(fc.record({ knownEtag: words('"other"') })),
  boot: fc.constantFrom('same' as const, 'new' as const, 'unknown' as const),
  bootId: words('boot-1', 'boot-2'),
  slot: words('A', 'B'),
  systemVersion: words('1.0.0', '2.0.0', '3'),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function go(installation: Installation, { report, ...told }: Omit<Step, 'hours'>, at: Date): Installation {
  const evidence: Evidence = { ...told, at, native: told.isPoll ? told.native : null };
  const { transactionId } = told;
  const change =
    report === null
      ? judgeContact(installation, evidence, rules)
      : judgeReport(installation, reported(report, { transactionId }), at);
  return change === null ? installation : changeInstallation(installation, change, at);
}

it('gives its place back after whatever a device did, when it only polls on', () => {
  fc.assert(
    fc.property(
      fc.array(step, { maxLength: 12 }),
      fc.boolean(),
      fc.boolean(),
      (steps, isNative, isCancelled) => {
        let at = madeAt;
        let installation = installationOf(isCancelled ? { state: 'cancelling', startedAt: madeAt } : {});
        for (const one of steps) {
          at = new Date(at.getTime() + one.hours * hourMs);
          installation = go(installation, one, at);
        }
        const { fromBootId: bootId, fromVersion: systemVersion } = installation;
        for (let day = 0; day <= 15; day += 1) {
          at = new Date(at.getTime() + 24 * hourMs);
          const native = isNative ? { knownEtag: null } : null;
          const contact = {
            at,
            transactionId: null,
            isPoll: true,
            native,
            slot: null,
            bootId,
            systemVersion,
          };
          const change = judgeContact(installation, { ...contact, boot: 'same' }, rules);
          if (change !== null) installation = changeInstallation(installation, change, at);
        }
        expect(isStarted(installation)).toBe(false);
      },
    ),
    { numRuns: 2_000 },
  );
});

describe('what a payload takes', () => {
  const image: Image = {
    slotClass: 'rootfs',
    variant: null,
    artifact: null,
    filename: 'rootfs.img',
    type: 'raw',
    sha256: null,
    sizeBytes: 1000,
    hooks: [],
    adaptive: [],
    convert: [],
    converted: [],
  };
  const needOf = (...images: readonly Partial<Image>[]) => {
    const bundle = bundleOf('board');
    const { manifest } = bundle.inspection;
    if (manifest === null) throw new Error('a bundle without a manifest');
    const withImages = { ...manifest, images: images.map((one) => ({ ...image, ...one })) };
    const inspection = { ...bundle.inspection, payloadSizeBytes: 100_000, manifest: withImages };
    return payloadNeed({ ...bundle, inspection });
  };

  it('is most of it for one image, and at least half', () => {
    expect(needOf({})).toEqual({ leastBytes: 50_000, wholeBytes: 90_000 });
  });

  it('is a part of the smallest image where a device may take only that', () => {
    expect(needOf({ variant: 'a' }, { variant: 'b', sizeBytes: 9000 })).toEqual({
      leastBytes: 1250,
      wholeBytes: 1250,
    });
  });

  it.each<[string, Partial<Image>]>([
    ['adaptive', { adaptive: ['block-hash-index'] }],
    ['an artifact', { artifact: 'app' }],
    ['installed by a hook', { hooks: ['install'] }],
    ['read from a chunk store', { filename: 'rootfs.img.caibx' }],
    ['no file', { filename: null }],
  ])('is not known of an image that is %s', (_, change) => {
    expect(needOf(change)).toEqual({ leastBytes: 0, wholeBytes: 0 });
  });

  it('is not known of an encrypted bundle', () => {
    expect(payloadNeed(bundleOf(null))).toEqual({ leastBytes: 0, wholeBytes: 0 });
  });
});

describe('the poll of RAUC itself', () => {
  const later = (ms: number) => new Date(madeAt.getTime() + ms);
  const { sha256 } = installationOf();
  /** What its poll tells, with another ETag, a minute after all else. */
  const poll = (change: Partial<Evidence> = {}): Evidence => ({
    at: later(60_000),
    transactionId: null,
    isPoll: true,
    native: { knownEtag: '"other"' },
    boot: 'same',
    bootId: null,
    slot: null,
    systemVersion: null,
    ...change,
  });
  const accepting = { native: { knownEtag: `"${sha256}"` } };
  const judge = (
    installation: Partial<Installation>,
    evidence: Partial<Evidence> = {},
    change: Partial<ProofRules> = {},
  ) =>
    judgeSilence(installationOf({ offeredAt: madeAt, updatedAt: madeAt, ...installation }), poll(evidence), {
      ...rules,
      ...change,
    });
  const rejected = {
    state: 'rejected',
    isPresumed: true,
    signature: 'unread',
    message: conclusions.rejected,
  };
  const offered = { state: 'offered' } as const;
  const begun = { state: 'downloading', startedAt: madeAt, movedAt: madeAt, leastBytes: 100 } as const;
  const stopped = { state: 'stopped', startedAt: madeAt, movedAt: madeAt } as const;

  describe('that was offered a bundle', () => {
    it('accepts it when it names it with If-None-Match', () => {
      expect(judge(offered, accepting)).toEqual({ signature: 'accepted' });
      expect(judge({ ...offered, signature: 'accepted' }, accepting)).toBeNull();
    });

    it('is asked about when it accepts and does not begin, or reads nothing', () => {
      const asked = { message: openEnds.notTaken };
      expect(judge({ ...offered, signature: 'accepted', polls: 4 }, accepting)).toEqual(asked);
      expect(judge({ ...offered, polls: 4 })).toEqual(asked);
      expect(judge({ ...offered, polls: 3 })).toBeNull();
      expect(judge({ ...offered, polls: 4, message: openEnds.notTaken })).toBeNull();
    });

    it('rejects it when it has read the signature, and asks a minute later as if it had not', () => {
      expect(judge({ ...offered, signature: 'read' })).toEqual(rejected);
      expect(judge({ ...offered, signature: 'read' }, { at: later(59_999) })).toBeNull();
      expect(judge({ ...offered, signature: 'read' }, { at: later(-60_000) })).toEqual(rejected);
      expect(judge({ ...offered, signature: 'unread' })).toBeNull();
    });

    it('has to read the signature again after a boot', () => {
      expect(judge({ ...offered, signature: 'read' }, { boot: 'new' })).toEqual({ signature: 'unread' });
      expect(judge({ ...offered, signature: 'unread', polls: 9 }, { boot: 'new' })).toBeNull();
    });
  });

  describe('that was downloading', () => {
    const stops = { state: 'stopped', message: openEnds.unclear, silentPolls: 0 };
    const fails = { state: 'failed', isPresumed: true, message: conclusions.tooLittle };

    it('has stopped, and failed where it has read too little', () => {
      expect(judge({ ...begun, bytesSent: 100 })).toEqual(stops);
      expect(judge({ ...begun, bytesSent: 99 })).toEqual(fails);
      expect(judge({ ...begun, bytesSent: 150, bytesBefore: 51 })).toEqual(fails);
    });

    it('says nothing before 20 seconds have passed: it may be the poll that found the bundle', () => {
      expect(judge({ ...begun, bytesSent: 100 }, { at: later(19_999) })).toBeNull();
      expect(judge({ ...begun, bytesSent: 100 }, { at: later(20_000) })).toEqual(stops);
      expect(judge({ ...begun, bytesSent: 100, movedAt: later(50_000) })).toBeNull();
    });

    it('has rejected it where it has read the signature alone', () => {
      const read = { ...begun, signature: 'read' } as const;
      expect(judge(read)).toEqual(rejected);
      expect(judge({ ...read, bytesSent: 1 })).toEqual(fails);
      expect(judge(read, accepting)).toEqual(fails);
      expect(judge(read, { boot: 'new' })).toEqual(fails);
      expect(judge(read, { at: later(59_999) })).toEqual(fails);
      expect(judge(begun)).toEqual(fails);
    });
  });

  describe('that stopped', () => {
    const failing = { failAfterPolls: 3 };

    it('is counted, and has failed at last, where the configuration says so', () => {
      expect(judge(stopped, {}, failing)).toEqual({ silentPolls: 1 });
      expect(judge({ ...stopped, silentPolls: 1 }, {}, failing)).toEqual({ silentPolls: 2 });
      const fails = { state: 'failed', isPresumed: true, message: conclusions.tooLong };
      expect(judge({ ...stopped, silentPolls: 2 }, {}, failing)).toEqual(fails);
    });

    it('is not counted by default, nor when it said that the bundle is installed', () => {
      expect(judge(stopped)).toBeNull();
      expect(judge({ ...stopped, installedAt: madeAt }, {}, failing)).toBeNull();
    });

    it('is not counted twice for tries of one poll', () => {
      expect(judge(stopped, { at: later(19_999) }, failing)).toBeNull();
      expect(judge(stopped, { at: later(20_000) }, failing)).toEqual({ silentPolls: 1 });
      expect(judge(stopped, { at: later(-20_000) }, failing)).toEqual({ silentPolls: 1 });
    });
  });

  it('of a script says that the download has stopped only where the device has not booted, once', () => {
    const script = { native: null };
    expect(judge(begun, script)).toEqual({ message: openEnds.unclear });
    expect(judge({ ...begun, message: openEnds.unclear }, script)).toBeNull();
    expect(judge(begun, { ...script, boot: 'new' })).toBeNull();
    expect(judge(stopped, script)).toBeNull();
    expect(judge({ ...offered, polls: 4 }, script)).toEqual({ message: openEnds.notTaken });
  });

  it('tells nothing of what is cancelled or installed, but long standstill of either does', () => {
    expect(judge({ state: 'installed', startedAt: madeAt, installedAt: madeAt })).toBeNull();
    const long = { at: later(rules.stalledAfterMs + 1) };
    const stalled = { state: 'stopped', message: openEnds.stalled, silentPolls: 0 };
    expect(judge({ state: 'installed', startedAt: madeAt, installedAt: madeAt }, long)).toEqual(stalled);
    expect(judge({ ...begun }, { at: later(rules.stalledAfterMs), isPoll: false })).toBeNull();
    expect(judge({ ...begun }, { ...long, isPoll: false })).toEqual(stalled);
    expect(judge({ ...begun, movedAt: null }, { ...long, isPoll: false })).toEqual(stalled);
  });

  it('of a device that was lost takes up what was there', () => {
    const back = { message: said('the device was lost and is back'), movedAt: later(60_000) };
    expect(judge({ state: 'lost' })).toEqual({ ...back, state: 'offered' });
    expect(judge({ state: 'lost', startedAt: madeAt })).toEqual({ ...back, state: 'downloading' });
    expect(judge({ state: 'lost', startedAt: madeAt, installedAt: madeAt })).toEqual({
      ...back,
      state: 'installed',
    });
  });
});

describe('a download that is over', () => {
  const stopped = { state: 'stopped', startedAt: madeAt } as const;
  it.each<[string, Partial<Installation>, boolean]>([
    ['still runs', { state: 'downloading', message: openEnds.unclear }, false],
    ['was followed by a poll', { ...stopped, message: openEnds.unclear }, true],
    ['stood still for long', { ...stopped, message: openEnds.stalled }, false],
    ['stood still for long before polls', { ...stopped, message: openEnds.stalled, silentPolls: 1 }, true],
    ['was too small', { state: 'failed', isPresumed: true, message: conclusions.tooLittle }, true],
    ['was reported as failed', { state: 'failed', message: conclusions.tooLittle }, false],
    ['was not heard of', { state: 'lost', isPresumed: true }, false],
  ])('by what its poller showed: it %s', (_, installation, isOver) => {
    expect(isOverByPoll(installationOf(installation))).toBe(isOver);
  });
});
