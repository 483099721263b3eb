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
        troubled: [{ compatible: 'board', channel: 'stable', state: 'failed', devices: 2 }],
        stopped: [{ compatible: 'board', channel: 'stable', devices: 1 }],
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
          { ...board, state: 'failed', devices: 2 },
          { ...board, state: 'lost', devices: 9 },
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
