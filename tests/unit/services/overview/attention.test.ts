import type { KnownCertificate } from '../../../../src/core/certificate';
import { type AttentionFacts, findAttention } from '../../../../src/services/overview/attention';
import { bundleOf, releaseOf } from '../../../support/fleet-factory';
import { storageUsage } from '../../../support/storage-usage';
import { withMessage } from '../../../support/with-message';

const at = new Date('2026-11-02T12:00:00Z');
const trusted = { whyUntrusted: () => null, endsAt: () => null };

/** Nothing to look at. */
const wellKept: AttentionFacts = {
  at,
  releases: [releaseOf('board')],
  pinned: [],
  bundleTrust: trusted,
  dismissed: [],
  troubled: [],
  stopped: [],
  revokedDevices: new Set(),
  lastRestore: undefined,
  shared: [],
  otherClaims: { devices: 0, ids: [] },
  silentPollers: [],
  silent: null,
  overBudget: [],
  clock: null,
  decided: { waiting: 0, held: 0 },
  inventory: { ca: null, hasCaKey: false, server: null, devices: [] },
  oldCertificates: [],
  webhooks: [],
  chores: [],
  storage: storageUsage(1 << 30),
  daysUntilFull: null,
  writeProblem: null,
  largestBundleBytes: 0,
};

const certificateOf = (deviceId: string, change: Partial<KnownCertificate> = {}): KnownCertificate => ({
  deviceId,
  serial: deviceId,
  notBefore: at,
  notAfter: new Date(at.getTime() + 400 * 86_400_000),
  issuedAt: at,
  revokedAt: null,
  hasFile: true,
  isOld: false,
  ...change,
});

const itemsOf = (change: Partial<AttentionFacts>) => withMessage(findAttention({ ...wellKept, ...change }));
const kindsOf = (change: Partial<AttentionFacts>) =>
  findAttention({ ...wellKept, ...change }).map(({ kind, count }) => `${kind} ${count}`);

describe('what needs attention', () => {
  it('is nothing where all is well', () => {
    expect(kindsOf({})).toEqual([]);
  });

  it('comes in the order in which it matters', () => {
    const pin = { bundle: bundleOf('other'), devices: 3 };
    expect(
      kindsOf({
        lastRestore: { id: 'r', reason: 'the database is an older copy', at },
        releases: [releaseOf('board', { rollout: { state: 'paused' } })],
        pinned: [pin],
        bundleTrust: {
          ...trusted,
          whyUntrusted: ({ inspection }) => (inspection === pin.bundle.inspection ? 'expired' : null),
        },
        troubled: [{ compatible: 'board', channel: 'stable', state: 'failed', devices: 2, ids: ['dev-1'] }],
        stopped: [{ compatible: 'board', channel: 'stable', devices: 1, ids: ['dev-1'] }],
        otherClaims: { devices: 1, ids: ['dev-1'] },
        silent: { devices: 7, ids: ['dev-2'], before: at, afterMs: 1 },
        overBudget: [{ holder: { deviceId: 'dev-1' }, times: new Map([['requests', 4]]), lastAt: at }],
        decided: { waiting: 5, held: 6 },
        oldCertificates: ['dev-1'],
        lastCrash: { at, startedAt: at, part: null, message: 'a bug', times: 1 },
        storage: storageUsage(1),
      }),
    ).toEqual([
      'database-restored 1',
      'paused-rollout 1',
      'bundle-untrusted 3',
      'failed 2',
      'stopped 1',
      'other-compatible 1',
      'silent 7',
      'over-budget 1',
      'waiting 5',
      'held 6',
      'old-certificate 1',
      'crashed 1',
      'storage 1',
    ]);
  });

  it('names the kind of trouble that hits most devices first', () => {
    const board = { compatible: 'board', channel: 'stable' };
    expect(
      kindsOf({
        troubled: [
          { ...board, state: 'failed', devices: 2, ids: ['dev-1'] },
          { ...board, state: 'lost', devices: 9, ids: ['dev-1'] },
        ],
      }),
    ).toEqual(['lost 9', 'failed 2']);
  });

  it('leaves out a restore that a person has dismissed', () => {
    const lastRestore = { id: 'r', reason: 'the database is an older copy', at };
    const dismissed = [{ kind: 'database-restored', subject: 'r' }];
    expect(kindsOf({ lastRestore, dismissed })).toEqual([]);
    expect(kindsOf({ lastRestore: { ...lastRestore, id: 's' }, dismissed })).toEqual(['database-restored 1']);
  });

  it('names lost devices, and says what is left to do once their certificates are revoked', () => {
    const lost = { compatible: 'board', channel: 'stable', state: 'lost' as const };
    const two = { ...lost, devices: 2, ids: ['dev-1', 'dev-2'] };
    const [before] = itemsOf({ troubled: [two] });
    expect(before).toMatchObject({ kind: 'lost', count: 2, devices: ['dev-1', 'dev-2'], revoked: [] });
    expect(before?.message).toBe(
      'The latest installation went silent on 2 devices of board (stable): dev-1, dev-2. ' +
        'Check their power and network, and revoke the certificate of each that was lost or stolen.',
    );
    const [after] = itemsOf({ troubled: [two], revokedDevices: new Set(['dev-2', 'dev-3']) });
    expect(after).toMatchObject({ count: 2, revoked: ['dev-2'] });
    expect(after?.message).toMatch(
      /stolen\. The certificate of dev-2 is revoked: forget the device if it will not come back\.$/,
    );
    const silent = { devices: 2, ids: ['dev-2', 'dev-3'], before: at, afterMs: 86_400_000 };
    const [gone] = itemsOf({ silent, revokedDevices: new Set(['dev-2', 'dev-3']) });
    expect(gone).toMatchObject({ devices: ['dev-2', 'dev-3'], revoked: ['dev-2', 'dev-3'] });
    expect(gone?.message).toMatch(
      /gone\. The certificates of dev-2, dev-3 are revoked: forget those that will not come back\.$/,
    );
  });

  it('names at most twenty devices with an old certificate, and those that have a new one to be brought to them', () => {
    const many = Array.from({ length: 25 }, (_, index) => `dev-${index + 10}`);
    const [item] = itemsOf({ oldCertificates: many });
    expect(item).toMatchObject({ kind: 'old-certificate', count: 25, renewed: [] });
    expect(item?.devices).toEqual(many.slice(0, 20));
    expect(item?.message).toContain(
      'dev-10, dev-11, dev-12, dev-13, dev-14 and others. Replace them with: cert device',
    );
    const devices = [certificateOf('dev-10', { isOld: false }), certificateOf('dev-11', { isOld: true })];
    const inventory = { ...wellKept.inventory, devices };
    const [some] = itemsOf({ oldCertificates: ['dev-10'], inventory });
    expect(some).toMatchObject({ count: 2, devices: ['dev-10', 'dev-11'], renewed: ['dev-10'] });
    expect(some?.message).toMatch(
      /Replace them with: .* A new one was issued for dev-10 but is not in use yet: copy it there/,
    );
    const [made] = itemsOf({
      oldCertificates: ['dev-10'],
      inventory: { ...inventory, devices: devices.slice(0, 1) },
    });
    expect(made).toMatchObject({ count: 1, renewed: ['dev-10'] });
    expect(made?.message).not.toContain('Replace it with');
  });

  it('names devices that have been silent for long, and what to do about them', () => {
    const silent = { before: at, afterMs: 14 * 86_400_000 };
    const [one] = itemsOf({ silent: { ...silent, devices: 1, ids: ['dev-1'] } });
    expect(one).toMatchObject({ kind: 'silent', deviceId: 'dev-1', lastContactBefore: at });
    expect(one?.message).toMatch(/^1 device has been silent for more than 14 days: dev-1\. Check its power/);
    const [many] = itemsOf({ silent: { ...silent, devices: 9, ids: ['dev-1', 'dev-2'] } });
    expect(many?.deviceId).toBeUndefined();
    expect(many?.message).toMatch(
      /^9 devices have been silent for more than 14 days: dev-1, dev-2 and others\. Check their power/,
    );
    expect(kindsOf({ silent: { ...silent, devices: 0, ids: [] } })).toEqual([]);
  });
});
