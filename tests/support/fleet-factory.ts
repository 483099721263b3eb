import type { Bundle } from '../../src/core/bundle';
import type { Installation } from '../../src/core/installation';
import type { AskingDevice, OfferTerms, Question } from '../../src/core/offer-question';
import { noLimits, type ProtocolLimits } from '../../src/core/protocol';
import type { Release } from '../../src/core/release';
import { beginRollout, everyoneAtOnce, type Rollout, type RolloutPolicy } from '../../src/core/rollout';
import type { FleetRules } from '../../src/services/service-ports';

/** Creation time of everything in these tests. */
export const madeAt = new Date('2026-11-01T00:00:00Z');

export const hourMs = 3_600_000;

export const fleetRules: FleetRules = {
  newDevices: 'admitted',
  maxTries: 1,
  maxInterruptions: 5,
  failAfterPolls: 0,
  offerLifetimeMs: hourMs,
  lostAfterMs: 14 * 24 * hourMs,
  rollbackWindowMs: 24 * hourMs,
  eventRetentionMs: 400 * 24 * hourMs,
  secondBoards: 'answer',
};

/** A bundle as the rules see it; its hash is derived from its name. */
export function bundleOf(
  compatible: string | null,
  version: string | null = '2.0.0',
  change: Partial<Bundle['inspection']> = {},
): Bundle {
  const name = `${compatible ?? 'unknown'}-${version ?? 'none'}.raucb`;
  return {
    name,
    sha256: Buffer.from(name.padEnd(32, '.')).subarray(0, 32).toString('hex'),
    sizeBytes: 1 << 20,
    compatible,
    uploadedAt: madeAt,
    uploadedBy: 'local',
    inspection: {
      verdict: 'trusted',
      reasons: [],
      warnings: [],
      hints: [],
      format: 'verity',
      encrypted: false,
      sizeBytes: 1 << 20,
      payloadSizeBytes: (1 << 20) - 4096,
      signatureSizeBytes: 4088,
      manifestHash: null,
      manifest:
        compatible === null
          ? null
          : {
              compatible,
              version,
              description: null,
              build: null,
              minRaucVersion: null,
              format: 'verity',
              verityHash: null,
              veritySalt: null,
              veritySizeBytes: null,
              hooks: { filename: null, hooks: [] },
              handler: null,
              images: [],
              meta: {},
            },
      signerChain: [],
      judgedUnder: null,
      recipients: [],
      ...change,
    },
    weakHashes: { sha1: 'b'.repeat(40), md5: 'c'.repeat(32) },
    imageCheck: { state: 'sound' },
  };
}

/** A bundle whose read size is known: its image is as large as the bundle. @param adaptive the image's methods */
export function bundleWithImage(adaptive: readonly string[] = []): Bundle {
  const made = bundleOf('board');
  const { manifest } = made.inspection;
  if (manifest === null) throw new Error('it has a manifest');
  const image = {
    slotClass: 'rootfs',
    variant: null,
    filename: 'rootfs.img',
    type: 'raw',
    sizeBytes: made.sizeBytes,
    sha256: null,
    artifact: null,
    adaptive,
    convert: [],
    converted: [],
    hooks: [],
  };
  return { ...made, inspection: { ...made.inspection, manifest: { ...manifest, images: [image] } } };
}

export interface ReleaseChange extends Partial<Omit<Release, 'rollout'>> {
  readonly policy?: Partial<RolloutPolicy>;
  readonly rollout?: Partial<Rollout>;
}

/** A release to everyone at once on the default channel, unless overridden. */
export function releaseOf(compatible: string, change: ReleaseChange = {}): Release {
  const { policy, rollout, ...rest } = change;
  return {
    id: 1,
    compatible,
    channel: 'stable',
    bundle: bundleOf(compatible),
    releasedAt: madeAt,
    releasedBy: 'local',
    forced: false,
    ...rest,
    rollout: { ...beginRollout({ ...everyoneAtOnce, ...policy }, 'local', madeAt), ...rollout },
  };
}

/** A device that no decision concerns. */
export function askingDevice(change: Partial<AskingDevice> = {}): AskingDevice {
  return {
    id: 'dev-1',
    compatible: 'board',
    boundCompatibles: [],
    channel: 'stable',
    labels: [],
    attributes: {},
    admission: 'admitted',
    hold: null,
    pin: null,
    systemVersion: '1.0.0',
    provenSha256: null,
    tellsSlot: false,
    failures: new Map(),
    unproven: null,
    interruptions: new Map(),
    cancelledSha256: null,
    standing: null,
    unbooted: null,
    ...change,
  };
}

export const poll: Question = { at: new Date('2026-11-02T12:00:00Z'), isInstall: false, limits: noLimits };

/** The limits of RAUC's own poller. */
export const streaming: ProtocolLimits = {
  carriesPlain: false,
  carriesUnencryptedCrypt: false,
  carriesUnversioned: false,
  tellsOutcome: false,
};

export const terms: OfferTerms = { maxTries: 1, maxInterruptions: 5, inProgress: () => 0 };

/** An installation of `board-2.0.0.raucb` that was just offered. */
export function installationOf(change: Partial<Installation> = {}): Installation {
  const { name, sha256, sizeBytes } = bundleOf('board');
  return {
    id: 1,
    deviceId: 'dev-1',
    bundleName: name,
    sha256,
    releaseId: 1,
    step: 0,
    targetVersion: '2.0.0',
    fromVersion: '1.0.0',
    fromBootId: 'boot-1',
    fromSlot: null,
    bootedVersion: null,
    bootedSlot: null,
    state: 'offered',
    offeredAt: madeAt,
    offerEndsAt: new Date(madeAt.getTime() + hourMs),
    startedAt: null,
    installedAt: null,
    movedAt: null,
    endedAt: null,
    updatedAt: madeAt,
    transactionId: null,
    attempts: 0,
    polls: 1,
    bytesSent: 0,
    bytesBefore: 0,
    leastBytes: 0,
    wholeBytes: 0,
    bundleSizeBytes: sizeBytes,
    progressPercent: null,
    message: null,
    signature: 'unread',
    silentPolls: 0,
    isPresumed: false,
    clearedAt: null,
    ...change,
  };
}
