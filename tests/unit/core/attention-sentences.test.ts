import {
  type AttentionCode,
  attentionReason,
  attentionSentence,
} from '../../../src/core/reasons/attention/sentences';
import { circumstance } from '../../../src/core/circumstances/catalogue';

const sentence = (...of: Parameters<typeof attentionReason>) => attentionSentence(attentionReason(...of));

const devices = { devices: 2, ids: ['a', 'b'] };
const where = { ...devices, compatible: 'board', channel: 'stable' };
const mib = 1 << 20;
const sizes = { bundles: 4 * mib, uploads: 0, database: mib, other: 0, outside: 0 };
const at = '2026-11-01T12:00:00.000Z';
const excess = { times: 2, budgets: ['requests'] as const };

/** One of each, with what its sentence needs. */
const samples: { readonly [Code in AttentionCode]: Parameters<typeof attentionReason<Code>>[1] } = {
  'ca-certificate-expiring': { days: 3 },
  'server-certificate-expiring': { days: -1 },
  'server-certificate-not-renewed': {
    days: 3,
    hasExpired: false,
    why: 'the CA key is missing',
    remedy: 'Bring it here.',
  },
  'new-server-certificate-expired': { expiredAt: at, until: at },
  'new-server-certificate-misses-names': { names: ['a.example'], options: ['--name a.example'], until: at },
  'server-certificate-misses-names': { names: ['a.example'], options: ['--name a.example'] },
  'certificate-expiring': { ...devices, noticeDays: 30 },
  'old-certificate': { ...devices, renewed: 1, renewedIds: ['a'] },
  'chore-failing': { chore: 'webhooks', since: at, why: 'the disk is full', remedy: null },
  'second-board': { deviceId: 'a', own: 'serial 1', other: 'serial 2' },
  'other-compatible': devices,
  silent: { ...devices, afterMs: 86_400_000, revoked: ['a'] },
  'silent-poller': { ...devices, omits: ['boot-id'] },
  waiting: { devices: 2 },
  held: { devices: 2 },
  'device-over-budget': { deviceId: 'a', ...excess },
  'address-over-budget': { address: '192.0.2.1', ...excess },
  failed: where,
  'rolled-back': where,
  rejected: where,
  lost: { ...where, revoked: [] },
  interrupted: where,
  stopped: where,
  'paused-rollout': { bundle: 'v1.raucb', compatible: 'board', channel: 'stable', why: null },
  'pinned-bundle-untrusted': { bundle: 'v1.raucb', devices: 1, why: circumstance('signing-time-missing') },
  'images-mismatch': { bundle: 'v1.raucb', files: ['a.img'] },
  'signer-expired': { bundle: 'v1.raucb' },
  'signer-expiring': { bundle: 'v1.raucb', days: 3 },
  'downgrade-allowed': { releases: 1, bundles: ['v1.raucb'], compatibles: ['board'], channels: ['stable'] },
  'database-restored': { why: circumstance('database-older'), at },
  'webhook-failing': { webhooks: ['ci'] },
  'webhook-full': { webhooks: ['ci'], waiting: 1000 },
  crashed: { error: 'Error: x', part: null },
  'clock-behind': { byMs: 60_000, sureAt: at },
  'clock-doubted': { byMs: 60_000 },
  'clock-jumped': { byMs: 60_000 },
  'storage-unwritable': { why: 'the disk is full', remedy: null },
  'storage-short': { freeBytes: mib, ...sizes },
  'storage-filling': { freeBytes: mib, days: 3, ...sizes },
};

/** What a sentence may end with instead of a full stop: something to type, which a stop would spoil. */
const toType = /(--force|send-headers=[\w;-]+|cert revoke \w+)$/;

/** What a sentence may start with although it is not a capital: the name of a bundle, a device or an address. */
const names = /^(v1\.raucb|a|192\.0\.2\.1) /;

describe('what needs attention', () => {
  it.each(Object.keys(samples) as AttentionCode[])('is told in whole sentences: %s', (code) => {
    const said = attentionSentence({ code, parameters: { ...samples[code] } });
    if (!names.test(said)) expect(said).toMatch(/^[A-Z0-9]/);
    expect(said).not.toMatch(/undefined|null|NaN|\[object|\.\.|\. [a-z]|  /);
    expect(said).toMatch(/\w{2}.*\w/);
    if (!toType.test(said)) expect(said).toMatch(/[.!?]$/);
  });

  it.each(['ca-certificate-expiring', 'server-certificate-expiring'] as const)(
    'says what a certificate cuts off now, and what it will: %s',
    (code) => {
      expect(sentence(code, { days: -1 })).toMatch(
        /^The .* certificate has expired: devices cannot connect\.$/,
      );
      expect(sentence(code, { days: 0 })).toMatch(/ expires within a day: devices cannot connect then\.$/);
    },
  );

  it('keeps the stop of what a person or a program wrote, and adds no second one', () => {
    const paused = (why: string) =>
      sentence('paused-rollout', { bundle: 'v1', compatible: 'board', channel: 'stable', why });
    expect(paused('the modem is lost')).toMatch(/: the modem is lost\.$/);
    expect(paused('Wait for QA.')).toMatch(/: Wait for QA\.$/);
    expect(paused('Really?')).toMatch(/: Really\?$/);
    expect(sentence('crashed', { error: 'Error: it ended.', part: null })).toMatch(/: Error: it ended\.$/);
  });

  it('speaks of one image as one', () => {
    const of = (files: readonly string[]) => sentence('images-mismatch', { bundle: 'v1', files });
    expect(of(['a.img'])).toMatch(/^v1 has an image that does not match its manifest: a\.img\. /);
    expect(of(['a.img', 'b.img'])).toMatch(
      /^v1 has images that do not match its manifest: a\.img, b\.img\. /,
    );
  });

  it('counts one device as one', () => {
    const of = (ids: readonly string[]) => sentence('other-compatible', { devices: ids.length, ids });
    expect(of(['a'])).toMatch(/^1 device reports a different compatible than its certificate: a\. /);
    expect(of(['a', 'b'])).toMatch(
      /^2 devices report a different compatible than their certificate: a, b\. /,
    );
    expect([1, 2].map((count) => sentence('held', { devices: count }))).toEqual([
      '1 device is on hold and is offered nothing.',
      '2 devices are on hold and are offered nothing.',
    ]);
  });
});
