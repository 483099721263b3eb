import { eventKinds } from '../../../../src/core/event';
import { type LineCode, type LineParameters, lines, saying } from '../../../../src/core/journal/catalogue';
import { messageOf } from '../../../../src/core/journal/sentences';

type Some = { readonly [Code in LineCode]: LineParameters<Code> };

const token = { token: 'ci' };
const device = { device: 'dev-1' };
const installation = { device: 'dev-1', bundle: 'b.raucb', why: 'the slot is busy' };
const current = {
  compatible: 'board',
  channel: 'beta',
  bundle: 'b.raucb',
  forced: false,
  state: 'paused',
  step: 4,
  steps: 8,
};
const rollout = { bundle: 'b.raucb', why: 'a board smells' };
const webhook = { webhook: 'chat' };

/** For each code what it may be said with. */
const said: Some = {
  'token-created': { ...token, scope: 'publish' },
  'token-revoked': token,
  'device-token-created': { holder: 'dev-1' },
  'draft-created': { draft: 'module', name: 'app', version: '1.0', id: 3 },
  'draft-deleted': { draft: 'set', name: 'app', version: '1.0', id: 4 },
  'setting-changed': { setting: 'pollingTime', value: '00:00:30' },
  'device-token-rotated': { holder: 'the gateway', until: '2026-11-09T12:00:00.000Z' },
  'device-token-removed': { holder: 'dev-1' },
  'device-tokens-removed': { count: 2 },
  'session-begun': token,
  'session-ended': token,
  'attention-dismissed': { kind: 'restored', item: 'the database was restored' },
  'bundle-published': { bundle: 'b.raucb', verdict: 'trusted' },
  'bundle-deleted': { bundle: 'b.raucb' },
  'bundle-judged': { bundle: 'b.raucb', verdict: 'untrusted', before: 'trusted', findings: ['it expired'] },
  'bundle-images-mismatch': { bundle: 'b.raucb', images: ['a.img'], count: 1 },
  'certificate-issued': device,
  'certificate-revoked': { serial: '0a1b', device: 'dev-1', why: 'keyCompromise' },
  'server-certificate-renewed': { until: '2027-11-02' },
  'server-certificate-expiring': { hasExpired: false, on: '2026-11-09', why: 'there is no CA key' },
  'server-certificate-expired-already': { on: '2026-11-01' },
  'server-certificate-misses-names': { names: ['a.example.com'] },
  'certificate-refused': { subject: 'CN=dev-1', address: '192.0.2.7', why: 'CERT_HAS_EXPIRED' },
  'device-added': device,
  'device-first-contact': device,
  'device-awaits-admission': device,
  'device-admitted': device,
  'device-changed': { ...device, fields: ['channel', 'labels'] },
  'device-held': { ...device, why: 'on a desk' },
  'device-hold-lifted': device,
  'device-pinned': { ...device, bundle: 'b.raucb' },
  'device-unpinned': device,
  'device-failures-cleared': { ...device, bundles: ['a.raucb', 'b.raucb'] },
  'device-forgotten': device,
  'device-kit-made': { ...device, hasKey: true },
  'device-certificate-seen': device,
  'device-booted': device,
  'device-version-changed': { ...device, from: '1.0', to: '2.0' },
  'device-second-board': { ...device, own: 'serial 1', other: 'serial 2' },
  'device-started-afresh': { ...device, sight: 'reflashed' },
  'installation-offered': installation,
  'installation-downloading': installation,
  'installation-installed': installation,
  'installation-stopped': installation,
  'installation-interrupted': installation,
  'installation-proven': installation,
  'installation-rolled-back': installation,
  'installation-failed': installation,
  'installation-rejected': installation,
  'installation-lost': installation,
  'installation-withdrawn': installation,
  'installation-cancelling': installation,
  'installation-cancelled': installation,
  'installation-noted': installation,
  'release-activated': current,
  'release-deactivated': { ...current, bundle: null },
  'release-undone': { ...current, releaseId: 17, undone: 'c.raucb' },
  'rollout-promoted': { ...rollout, step: 4, steps: 8 },
  'rollout-paused': rollout,
  'rollout-resumed': { bundle: 'b.raucb' },
  'rollout-completed': { bundle: 'b.raucb', devices: 17 },
  'rollout-aborted': rollout,
  'webhook-created': webhook,
  'webhook-turned-on': webhook,
  'webhook-turned-off': webhook,
  'webhook-in-order': webhook,
  'webhook-in-any-order': webhook,
  'webhook-deleted': webhook,
  'webhook-gave-up': { ...webhook, event: 17, why: 'it answered 500' },
  'webhook-event-replayed': { ...webhook, event: 17 },
  'webhook-events-replayed': { ...webhook, events: 17 },
  'webhook-tested': webhook,
};

/** What a sentence tells in other words, or not at all. */
const reworded = new Set(['hasKey', 'hasExpired', 'forced', 'sight', 'count']);
const unnamed: Readonly<Partial<Record<LineCode, readonly string[]>>> = {
  'attention-dismissed': ['kind'],
  'release-deactivated': ['state', 'step', 'steps'],
};

const codes = Object.keys(said) as LineCode[];
const sentence = <Code extends LineCode>(code: Code, parameters: LineParameters<Code>) =>
  messageOf({ kind: 'device.held', message: '', reason: saying(code, parameters) });

/** A step counts from 0, and for people from 1. */
function wordsOf(name: string, value: unknown): readonly string[] {
  if (name === 'step') return [String(Number(value) + 1)];
  return Array.isArray(value) ? value.map(String) : [String(value)];
}

describe('the sentence of a line', () => {
  it.each(codes)('names all that it is about, and ends without a full stop: %s', (code) => {
    const text = sentence(code, said[code] as never);
    expect(text).toMatch(/^\S.* .*[^.\s]$/);
    expect(text).not.toMatch(/undefined|null|object/);
    for (const [name, value] of Object.entries(said[code]))
      if (value !== null && !reworded.has(name) && unnamed[code]?.includes(name) !== true)
        for (const word of wordsOf(name, value)) expect(text).toContain(word);
  });

  it('is no other code’s', () => {
    expect(codes.toSorted()).toEqual(Object.keys(lines).toSorted());
    expect(new Set(codes.map((code) => sentence(code, said[code] as never))).size).toBe(codes.length);
  });

  it('begins with the noun that it is about, as its kind does', () => {
    const nouns = new Set(['server-certificate', ...eventKinds.map((kind) => kind.split('.')[0] ?? '')]);
    expect(codes.filter((code) => ![...nouns].some((noun) => code.startsWith(`${noun}-`)))).toEqual([]);
  });

  it.each([
    ['attention-dismissed', { kind: 'restored', item: null }, 'restored was dismissed'],
    [
      'attention-dismissed',
      { kind: 'waiting', item: { code: 'waiting', parameters: { devices: 1 } } },
      'dismissed: 1 device is waiting for admission.',
    ],
    [
      'attention-dismissed',
      { kind: 'waiting', item: { code: 'of-a-newer-version', parameters: {} } },
      'waiting was dismissed',
    ],
    [
      'bundle-judged',
      { bundle: 'b', verdict: 'trusted', before: 'unchecked', findings: [] },
      'b is now trusted (before: not checked)',
    ],
    [
      'bundle-images-mismatch',
      { bundle: 'b', images: ['1', '2', '3', '4', '5', '6'], count: 8 },
      'b has images that do not match its manifest: 1, 2, 3, 4, 5 and 3 more',
    ],
    [
      'certificate-revoked',
      { serial: '0a', device: null, why: 'old' },
      'the certificate 0a was revoked: old',
    ],
    [
      'server-certificate-expiring',
      { hasExpired: true, on: '2026-11-01', why: 'no key' },
      'the server certificate expired on 2026-11-01 and cannot renew itself: no key',
    ],
    [
      'server-certificate-misses-names',
      { names: ['1', '2', '3', '4', '5', '6'] },
      'a new server certificate is not used: devices asked for 1, 2, 3, 4, 5 and others in the last 7 days, which it does not cover',
    ],
    [
      'certificate-refused',
      { subject: '', address: null, why: 'it is broken' },
      'an unreadable certificate was refused: it is broken',
    ],
    ['device-held', { device: 'd', why: '' }, 'd is held'],
    ['device-failures-cleared', { device: 'd', bundles: [] }, 'd may try again'],
    ['device-kit-made', { device: 'd', hasKey: false }, 'a kit was made for d, without a key'],
    ['device-version-changed', { device: 'd', from: null, to: '2' }, 'd runs 2'],
    ['device-started-afresh', { device: 'd', sight: null }, 'd starts afresh: another board'],
    [
      'device-started-afresh',
      { device: 'd', sight: 'replaced' },
      'd starts afresh: another board has taken its place',
    ],
    ['installation-proven', { device: 'd', bundle: 'b', why: null }, 'b is proven on d'],
    [
      'release-activated',
      { ...current, bundle: 'b', forced: true, state: null, step: null, steps: null },
      'b is current for board (beta), by force',
    ],
    [
      'release-activated',
      { ...current, bundle: 'b' },
      'b is current for board (beta) again, as before: paused, step 5 of 8',
    ],
    [
      'release-undone',
      { ...current, bundle: null, releaseId: 7, undone: null },
      'release 7 was undone before any device was offered it: nothing is current for board (beta) now',
    ],
    ['rollout-paused', { bundle: 'b', why: null }, 'the rollout of b was paused'],
    ['rollout-completed', { bundle: 'b', devices: 1 }, 'the rollout of b is complete: proven on 1 device'],
    ['webhook-gave-up', { webhook: 'w', event: 1, why: null }, 'the webhook w gave up on event 1'],
    ['webhook-events-replayed', { webhook: 'w', events: 1 }, '1 event is being sent again to the webhook w'],
  ] as const)('fits what is not known, what is few and what is many: %s %j', (code, parameters, words) => {
    expect(sentence(code, parameters as never)).toBe(words);
  });
});

describe('a line of another version', () => {
  const reason = { code: 'device-exploded', parameters: { device: 'dev-1' } };

  it('has the sentence that was stored with it', () => {
    expect(messageOf({ kind: 'device.held', message: 'dev-1 is held', reason: null })).toBe('dev-1 is held');
    expect(messageOf({ kind: 'device.exploded', message: 'bang', reason })).toBe('bang');
  });

  it('has its kind where no words are known', () => {
    expect(messageOf({ kind: 'device.exploded', message: '', reason })).toBe('device.exploded');
  });

  it.each(['constructor', 'toString', '__proto__'])('may have the code %s', (code) => {
    expect(messageOf({ kind: 'device.held', message: '', reason: { code, parameters: {} } })).toBe(
      'device.held',
    );
  });

  it.each([
    ['device-changed', 'device.changed'],
    ['token-revoked', 'token.revoked'],
    ['release-deactivated', 'release.deactivated'],
  ])('has its kind where the words need something else: %s', (code, kind) => {
    expect(messageOf({ kind, message: '', reason: { code, parameters: {} } })).toBe(kind);
  });
});
