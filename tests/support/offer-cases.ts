import fc from 'fast-check';
import type { Bundle } from '../../src/core/bundle';
import type { MaintenanceWindow } from '../../src/core/maintenance-window';
import type { AskingDevice, OfferTerms, Question } from '../../src/core/offer-question';
import type { PinTerms } from '../../src/core/pin-terms';
import { noLimits, noLimitsAtAll } from '../../src/core/protocol';
import type { Release } from '../../src/core/release';
import type { RolloutPolicy, RolloutStep } from '../../src/core/rollout';
import { opaqueInspection } from '../../src/core/opaque';
import { parseVersionRange, type VersionRange } from '../../src/core/version-range';
import { bundleOf, hourMs, madeAt, releaseOf, streaming } from './fleet-factory';

/** Everything that an offer depends on. */
export interface OfferCase {
  readonly device: AskingDevice;
  readonly releases: readonly Release[];
  readonly question: Question;
  readonly terms: OfferTerms;
}

/** Usually the first value. */
function mostly<T>(usual: T, unusual: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 7, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });
}

/** Like {@link mostly}, where unusual values would leave too few usual cases. */
function rarely<T>(usual: T, unusual: fc.Arbitrary<T>): fc.Arbitrary<T> {
  return fc.oneof({ weight: 15, arbitrary: fc.constant(usual) }, { weight: 1, arbitrary: unusual });
}

const compatibles = mostly('board', fc.constantFrom('gw', 'Board'));
const channels = mostly('stable', fc.constant('beta'));
/** RAUC cannot compare the last one. */
const versions = fc.constantFrom('1', '2', '2', '2.0.0-rc.1', '3', 'v3');
const ranges = fc.constantFrom('>=1 <3', '=2', '>2').map(parseVersionRange);
const labels = fc.subarray(['lab', 'site=berlin', 'vip']);
const attributes = fc.constantFrom({}, { product: 'gateway' }, { product: 'lab', lab: 'yes' });

export const instants = fc
  .integer({ min: -24 * 7, max: 24 * 7 })
  .map((hours) => new Date(madeAt.getTime() + hours * hourMs));

/** An encrypted one has a compatible if its uploader named one. */
type BundleKind = 'verity' | 'plain' | 'crypt' | 'encrypted' | 'unknown' | 'opaque';

const encrypted = { format: 'crypt', encrypted: true } as const;

/** Bundles that differ in what the rules look at; the hash is derived from the name. */
export const bundles: fc.Arbitrary<Bundle> = fc
  .record({
    compatible: mostly('board', fc.constantFrom('gw', 'Board')),
    version: mostly<string | null>('2', fc.constantFrom('1', '3', 'v2', null)),
    kind: mostly<BundleKind>('verity', fc.constantFrom('plain', 'crypt', 'encrypted', 'unknown', 'opaque')),
  })
  .map(({ compatible, version, kind }) => {
    const bundle = bundleOfKind(kind, compatible, version);
    const name = `${kind}-${bundle.name}`;
    return { ...bundle, name, sha256: Buffer.from(name.padEnd(32, '.')).toString('hex') };
  });

function bundleOfKind(kind: BundleKind, compatible: string, version: string | null): Bundle {
  switch (kind) {
    case 'encrypted':
    case 'unknown':
      return bundleOf(kind === 'unknown' ? null : compatible, null, { ...encrypted, manifest: null });
    case 'opaque':
      return bundleOf(null, null, opaqueInspection(512));
    default:
      return bundleOf(compatible, version, { format: kind });
  }
}

const windows: fc.Arbitrary<MaintenanceWindow> = fc.record({
  days: fc.subarray(['mon', 'wed', 'sun'], { minLength: 1 }),
  from: fc.constantFrom('00:00', '12:00'),
  to: fc.constantFrom('06:00', '12:00'),
  timeZone: fc.constantFrom('UTC', 'Europe/Berlin'),
});

const groupSteps = fc.constantFrom<RolloutStep>(
  { kind: 'group', label: 'lab' },
  { kind: 'group', label: 'vip' },
  { kind: 'attribute', name: 'product', value: 'gateway' },
  { kind: 'attribute', name: 'lab', value: 'yes' },
);

/** At least one step; percentages grow. */
export const steps: fc.Arbitrary<readonly RolloutStep[]> = fc
  .record({
    percents: fc.uniqueArray(fc.constantFrom(0.5, 5, 25, 50, 75, 99, 100), { minLength: 1, maxLength: 4 }),
    groups: fc.array(fc.record({ at: fc.nat(4), step: groupSteps }), { maxLength: 2 }),
  })
  .map(({ percents, groups }) => {
    const made: RolloutStep[] = [...percents]
      .sort((a, b) => a - b)
      .map((percent) => ({ kind: 'percent', percent }));
    for (const { at, step } of groups) made.splice(at, 0, step);
    return made;
  });

const policies: fc.Arbitrary<Partial<RolloutPolicy>> = fc.record({
  startAt: mostly<Date | null>(null, instants),
  steps: mostly<readonly RolloutStep[]>([{ kind: 'percent', percent: 100 }], steps),
  maxInProgress: fc.option(fc.integer({ min: 1, max: 3 }), { nil: null }),
  window: mostly<MaintenanceWindow | null>(null, windows),
  allowDowngrade: fc.boolean(),
  from: mostly<VersionRange | null>(null, ranges),
});

const releases: fc.Arbitrary<Release> = fc
  .record({
    id: fc.integer({ min: 1, max: 8 }),
    compatible: compatibles,
    channel: channels,
    bundle: bundles,
    forced: mostly(false, fc.constant(true)),
    policy: policies,
    state: mostly('running', fc.constantFrom('paused', 'aborted')),
    step: fc.nat(5),
  })
  .map(({ compatible, state, step, policy, ...release }) =>
    releaseOf(compatible, {
      ...release,
      policy,
      rollout: {
        state: state,
        step: Math.min(step, (policy.steps?.length ?? 1) - 1),
      },
    }),
  );

/** Releases as the server has them: one per compatible and channel, with unique ids. */
const releaseSets = fc
  .uniqueArray(releases, { minLength: 1, maxLength: 6, selector: ({ id }) => id })
  .map((all) =>
    all.filter(
      (one, index) =>
        all.findIndex((other) => other.compatible === one.compatible && other.channel === one.channel) ===
        index,
    ),
  );

const pinTerms = fc.constantFrom<{ terms?: PinTerms }>(
  {},
  {},
  { terms: { kind: 'soft', window: null } },
  { terms: { kind: 'downloadonly', window: null } },
  {
    terms: {
      kind: 'forced',
      window: { schedule: '0 0 12 ? * MON,WED', duration: '12:00:00', timezone: '+01:00' },
    },
  },
);

const devices: fc.Arbitrary<AskingDevice> = fc
  .record({
    id: fc.integer({ min: 1, max: 1e6 }).map((number) => `dev-${number}`),
    compatible: mostly<string | null>('board', fc.constantFrom('gw', 'Board', 'none', null)),
    boundCompatibles: mostly<string[]>([], fc.subarray(['board', 'gw'])),
    channel: channels,
    labels,
    attributes,
    admission: mostly<AskingDevice['admission']>('admitted', fc.constant('waiting' as const)),
    hold: mostly<AskingDevice['hold']>(
      null,
      fc.constantFrom('', 'on a test bench').map((reason) => ({ reason, by: 'local', at: madeAt })),
    ),
    pin: mostly<AskingDevice['pin']>(
      null,
      fc
        .record({ bundle: fc.option(bundles, { nil: undefined }), terms: pinTerms })
        .map(({ bundle, terms }) => ({ bundleName: bundle?.name ?? 'gone.raucb', bundle, ...terms })),
    ),
    systemVersion: fc.option(versions),
    proven: fc.option(bundles),
    failed: fc.array(fc.tuple(bundles, fc.integer({ min: 1, max: 4 })), { maxLength: 3 }),
    cancelled: mostly<Bundle | null>(null, bundles),
    unproven: rarely<AskingDevice['unproven']>(
      null,
      fc
        .record({ bundle: bundles, attempts: fc.integer({ min: 1, max: 4 }), isFailure: fc.boolean() })
        .map(({ bundle: { sha256, sizeBytes }, attempts, isFailure }) => {
          return { sha256, attempts, bytesSent: attempts * sizeBytes, isFailure };
        }),
    ),
    interrupted: mostly<[Bundle, number][]>(
      [],
      fc.array(fc.tuple(bundles, fc.integer({ min: 1, max: 4 })), { maxLength: 2 }),
    ),
    tellsSlot: fc.boolean(),
    waiting: mostly<{ readonly bundle: Bundle; readonly until: Date } | null>(
      null,
      fc.record({ bundle: bundles, until: instants }),
    ),
    standing: fc.option(
      fc.record({
        bundle: bundles,
        releaseId: fc.option(fc.integer({ min: 1, max: 8 })),
        endsAt: instants,
        hasBegun: fc.boolean(),
        isIgnored: mostly<boolean>(false, fc.constant(true)),
      }),
    ),
  })
  .map(({ proven, failed, interrupted, cancelled, waiting, ...device }) => ({
    ...device,
    interruptions: new Map(interrupted.map(([{ sha256 }, count]) => [sha256, count])),
    unbooted:
      waiting === null
        ? null
        : { bundleName: waiting.bundle.name, sha256: waiting.bundle.sha256, until: waiting.until },
    provenSha256: proven?.sha256 ?? null,
    failures: new Map(failed.map(([{ sha256 }, count]) => [sha256, count])),
    cancelledSha256: cancelled?.sha256 ?? null,
  }));

const counts = fc.array(fc.nat(4), { minLength: 9, maxLength: 9 });

export const offerCases: fc.Arbitrary<OfferCase> = fc.record({
  device: devices,
  releases: releaseSets,
  question: fc.record({
    at: instants,
    isInstall: fc.boolean(),
    limits: fc.constantFrom(noLimits, noLimitsAtAll, streaming),
  }),
  terms: fc
    .record({
      maxTries: fc.integer({ min: 1, max: 3 }),
      maxInterruptions: fc.integer({ min: 1, max: 3 }),
      inProgress: counts,
      untrusted: mostly<Bundle | null>(null, bundles),
    })
    .map(({ maxTries, maxInterruptions, inProgress, untrusted }): OfferTerms => ({
      maxTries,
      maxInterruptions,
      inProgress: (releaseId) => inProgress[releaseId] ?? 0,
      distrust: ({ sha256 }) => (sha256 === untrusted?.sha256 ? 'it is not trusted: a reason' : null),
    })),
});
