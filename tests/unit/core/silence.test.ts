import fc from 'fast-check';
import { changeInstallation, type Installation } from '../../../src/core/installation';
import { isStarted } from '../../../src/core/installation-states';
import type { Image } from '../../../src/core/inspection';
import { payloadNeed } from '../../../src/core/payload-need';
import type { Evidence, ProofRules } from '../../../src/core/evidence';
import { judgeContact } from '../../../src/core/proof';
import { judgeReport, reportStates } from '../../../src/core/report';
import { reported } from '../../support/device-events';
import { bundleOf, hourMs, installationOf, madeAt } from '../../support/fleet-factory';

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
      (steps, isNative, isCalledOff) => {
        let at = madeAt;
        let installation = installationOf(isCalledOff ? { state: 'cancelling', startedAt: madeAt } : {});
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
