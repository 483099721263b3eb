import { sentenceOf } from '../../../src/core/offer-sentences';
import type { VerdictCode, VerdictParameters } from '../../../src/core/offer-verdict';

type Some = { readonly [Code in VerdictCode]: VerdictParameters[Code] };

const startAt = new Date('2026-11-02T12:00:00Z');
const none = {};

/** For each code what it may be said with. */
const said: Some = {
  'no-compatible': none,
  'not-its-compatible': { compatible: 'board-x' },
  'waiting-for-admission': none,
  held: { by: 'token:anna', reason: 'in the lab' },
  'no-release': { compatible: 'board-x', channel: 'beta' },
  'pinned-bundle-gone': { bundle: 'b.raucb' },
  'bundle-for-other-compatible': { bundle: 'b.raucb', own: 'board-y', compatible: 'board-x' },
  'bundle-untrusted': { bundle: 'b.raucb', why: 'its signer has expired' },
  'opaque-not-assigned': { bundle: 'opaque-1-x' },
  'opaque-not-carried': { bundle: 'opaque-1-x' },
  'plain-not-streamable': { bundle: 'b.raucb' },
  'no-version': { bundle: 'b.raucb' },
  'crypt-not-encrypted': { bundle: 'b.raucb' },
  'up-to-date': { version: '2.0.1' },
  'waits-for-reboot': { bundle: 'b.raucb', unbooted: 'a.raucb' },
  'older-version': { version: '1.5.1', running: '2.0.1' },
  'outside-from': {
    from: '>=1.5',
    running: '2.0.1',
    way: { kind: 'channel', channel: 'bridge', version: '1.9' },
  },
  'failed-before': { count: 17 },
  'downloaded-before': { count: 17 },
  'interrupted-before': { count: 17 },
  cancelled: none,
  'rollout-paused': { reason: 'a board smells' },
  'rollout-aborted': { reason: 'a board smells' },
  'not-started': { startAt: startAt.toISOString() },
  'not-in-step': { step: 4, steps: 8, group: 'lab', percent: 0 },
  'outside-window': none,
  'only-downloaded': { bundle: 'v2.raucb' },
  'too-many-in-progress': { count: 17, max: 16 },
  'compatible-known': { compatible: 'board-x' },
  'certificate-unbound': none,
  'certificate-fits': { compatible: 'board-x' },
  admitted: none,
  'not-held': none,
  'begins-what-was-told': { bundle: 'b.raucb' },
  'already-told': none,
  pinned: { bundle: 'b.raucb' },
  current: { bundle: 'b.raucb', channel: 'beta' },
  'opaque-assigned': { bundle: 'opaque-1-x' },
  'not-opaque': none,
  'opaque-for-any': none,
  'bundle-fits': { own: 'board-y' },
  'bundle-forced': { own: 'board-y' },
  trusted: none,
  streamable: none,
  'told-apart-by-slot': { version: '2.0.1' },
  'runs-another': { bundle: '', running: '2.0.1', version: '1.5.1' },
  'pinned-whatever-version': none,
  'versions-not-comparable': { version: '1.5.1', running: null },
  'not-older': { version: '1.5.1', running: '2.0.1' },
  'downgrade-allowed': { version: '1.5.1', running: '2.0.1' },
  'from-any': none,
  'from-running': { from: '>=1.5', running: '2.0.1' },
  'nothing-unbooted': none,
  'this-unbooted': none,
  'pinned-over-unbooted': { unbooted: 'a.raucb' },
  'failures-left': { count: 17 },
  'rollout-runs': none,
  started: none,
  'in-step': { step: 4, steps: 8 },
  'any-time': none,
  'window-open': none,
  'downloads-ahead': none,
  'any-number': none,
  'in-progress-already': none,
  'has-room': { count: 17, max: 18 },
  'no-bundle': none,
  'certificate-unseen': none,
  'only-asks': none,
  'no-offer-stands': none,
  'compatible-unknown': none,
  'carries-all': none,
  'pinned-without-rollout': none,
};

/** Parameters that a sentence does not need: what is told otherwise, or not at all. */
const unnamed: Readonly<Partial<Record<VerdictCode, readonly string[]>>> = {
  'not-in-step': ['percent'],
  'versions-not-comparable': ['version'],
};

const codes = Object.keys(said) as VerdictCode[];
const sentence = <Code extends VerdictCode>(code: Code, parameters: VerdictParameters[Code]) =>
  sentenceOf({ code, parameters });

function inWords(name: string, value: unknown): string {
  if (value instanceof Date) return value.toISOString();
  return String(name === 'step' ? Number(value) + 1 : value);
}

/** All that a parameter tells: of a way, each of its parts. */
function wordsOf(name: string, value: unknown): readonly string[] {
  const isGroup = typeof value === 'object' && value !== null && !(value instanceof Date);
  return isGroup ? Object.values(value).map(String) : [inWords(name, value)];
}

describe('the sentence of a verdict', () => {
  it.each(codes)('says something, and names all that it is about: %s', (code) => {
    const text = sentence(code, said[code]);
    expect(text).toMatch(/\w{2,} \w/);
    for (const [name, value] of Object.entries(said[code]))
      if (value !== null && unnamed[code]?.includes(name) !== true)
        for (const word of wordsOf(name, value)) expect(text).toContain(word);
  });

  it('is no other code’s', () => {
    expect(new Set(codes.map((code) => sentence(code, said[code]))).size).toBe(codes.length);
  });

  it.each([
    ['held', { by: 'anna', reason: '' }, /anna$/],
    ['not-its-compatible', { compatible: null }, /none/],
    ['bundle-for-other-compatible', { bundle: 'b', own: null, compatible: null }, /unknown.*it$/],
    ['up-to-date', { proven: '2.0.1' }, /proven.*2\.0\.1/],
    ['rollout-paused', { pauses: '3 failed' }, /3 failed$/],
    ['rollout-paused', { reason: null }, /paused$/],
    ['rollout-aborted', { reason: null }, /aborted$/],
    ['not-in-step', { step: 0, steps: 2, group: null, percent: 10 }, /1 of 2.*10 %/],
    ['not-in-step', { step: 0, steps: 2, group: null, percent: 0, attribute: 'a=b' }, /1 of 2.*a=b$/],
    ['bundle-fits', { own: null }, /it$/],
    ['bundle-forced', { own: null }, /another compatible/],
    ['runs-another', { bundle: 'b.raucb', running: null, version: null }, /b\.raucb/],
    ['outside-from', { from: '=1', running: null, way: null }, /=1.*unknown$/],
    ['outside-from', { from: '=1', running: '', way: null }, /=1.*compare/],
    ['failures-left', { count: 0 }, /never/],
    ['failures-left', { count: 1 }, /once$/],
    ['failures-left', { count: 2 }, /twice$/],
    ['failures-left', { count: 3 }, /3 times$/],
  ] as const)('fits what is not known, and what is few: %s %j', (code, parameters, words) => {
    expect(sentence<VerdictCode>(code, parameters)).toMatch(words);
  });

  it('names the channel unless it is the one that nobody needs to name', () => {
    expect(sentence('no-release', { compatible: 'board', channel: 'stable' })).not.toMatch(/channel/);
    expect(sentence('no-release', { compatible: 'board', channel: 'beta' })).toMatch(/channel beta/);
  });
});
