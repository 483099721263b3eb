import {
  circumstance,
  type CircumstanceCode,
  type CircumstanceParameters,
  circumstances,
} from '../../../src/core/circumstances/catalogue';
import { isSameWhy, knownSentence, sayAny, sayWhy } from '../../../src/core/circumstances/sentences';
import { bundleSamples } from '../../support/bundle-circumstances';
import { certificateSamples } from '../../support/certificate-circumstances';
import { folderSamples } from '../../support/folder-circumstances';

const again = { version: '1.0.0', isAgain: true, slot: null };
const silent = circumstance('installation-silent');

/** What each of them may need. */
const samples: { readonly [Code in CircumstanceCode]: CircumstanceParameters<Code> } = {
  ...bundleSamples,
  ...certificateSamples,
  ...folderSamples,
  'no-finding': [],
  'bundle-being-judged': [],
  'bundle-untrusted': [{ why: 'its signer is unknown' }],
  'opaque-not-accepted': [],
  'not-a-rauc-bundle': [],
  'bundle-broken': [],
  'images-check-failed': [{ tries: 5, why: circumstance('server-ended-during-check') }],
  'server-ended-during-check': [],
  'default-configured': [],
  'default-only-one': [],
  'default-none': [],
  'default-of-several': [],
  'nothing-released': [{ compatible: 'board' }],
  'marker-missing': [],
  'marker-damaged': [],
  'database-replaced': [],
  'database-older': [],
  'database-not-one': [],
  'restore-the-database': [],
  'check-the-disk': [],
  'bundle-of-no-row': [{ sha256: 'abcd' }],
  'device-booted': [again],
  'device-booted-before-read': [again],
  'device-booted-long-after': [again],
  'device-booted-neither': [{ version: '1.0.0' }],
  'device-booted-either': [{ version: '1.0.0' }],
  'device-fell-back': [{ version: '1.0.0', slot: 'A' }],
  'runs-after-boot': [],
  'runs-instead': [{ before: '1.0.0' }],
  'runs-in-other-slot': [{ slot: 'B', before: 'A', version: '1.0.0' }],
  'runs-same-version': [{ version: '1.0.0' }],
  'download-unclear': [],
  'offer-not-taken': [],
  'installation-stalled': [],
  'read-too-little': [],
  'never-booted': [],
  'signature-rejected': [],
  'device-back': [],
  'device-did-not-stop': [],
  'board-replaced': [],
  'board-reflashed': [],
  'board-provisioned': [],
  'begun-by-second-board': [],
  'read-from-second-board': [],
  'installation-silent': [],
  'installation-called-off': [{ by: 'local' }],
  'installation-retried': [{ by: 'local' }],
  'installation-replaced': [{ bundle: 'v2.raucb' }],
  'only-downloaded': [],
  'assignment-window-over': [],
  'assignment-unanswered': [],
  'installation-gives-way': [{ bundle: 'v2.raucb' }],
  'no-longer-offered': [{ refusal: { code: 'held', parameters: { by: 'local', reason: silent } } }],
  'next-is-nothing': [],
  'next-is-resumed': [],
  'next-is-promoted': [],
  'next-has-no-device': [],
  'next-at-share': [{ proven: 2, devices: 3, percent: 90 }],
  'next-is-complete': [{ later: 1 }],
  'next-is-last': [{ open: 2, silent: 1 }],
  'receiver-answered': [{ status: 500 }],
  'receiver-silent': [{ limitMs: 10_000 }],
  'receiver-hung-up': [],
  'receiver-without-address': [{ host: 'receiver.test' }],
  'receiver-is-local': [{ host: '127.0.0.1' }],
  'event-pruned': [],
  'failures-in-step': [{ failures: 2, devices: 20 }],
  'step-proven': [{ proven: 2, devices: 3, step: 1 }],
  'rollout-untrusted': [{ why: 'its signer is unknown' }],
  'rollout-being-counted': [],
  'rollout-paused-before': [{ why: circumstance('database-older'), before: 'it smells' }],
  'held-with-pin': [{ why: circumstance('database-older') }],
  'kit-extra-root': [{ name: 'Old CA' }],
  'kit-native-polling': [],
  'kit-with-key': [],
  'kit-without-key': [],
};

describe('a circumstance', () => {
  const codes = Object.keys(circumstances) as CircumstanceCode[];

  it.each(codes)('has one whole sentence, also after it was stored: %s', (code) => {
    const [parameters = {}] = samples[code];
    const stored = JSON.parse(JSON.stringify({ code, parameters })) as { code: string; parameters: object };
    const sentence = knownSentence({ code, parameters: stored.parameters as never });
    expect(sentence).toMatch(/^\S.*\S$/s);
    expect(sentence).not.toMatch(/undefined|null|NaN|\[object|true|false|  /);
  });

  it('has plurals that agree', () => {
    const failures = (count: number) =>
      sayWhy(circumstance('failures-in-step', { failures: count, devices: null }));
    expect([0, 1, 2].map(failures)).toEqual([
      '0 devices failed or rolled back in this step',
      '1 device failed or rolled back in this step',
      '2 devices failed or rolled back in this step',
    ]);
    const proven = (devices: number) => sayWhy(circumstance('step-proven', { proven: 0, devices, step: 1 }));
    expect([0, 1, 2].map(proven)).toEqual([
      'proven on 0 of 0 devices of step 1',
      'proven on 0 of 1 device of step 1',
      'proven on 0 of 2 devices of step 1',
    ]);
    const last = (silent: number) => sayWhy(circumstance('next-is-last', { open: 2, silent }));
    expect([0, 1, 2].map(last)).toEqual([
      'it is in its last step and waits for 2 devices',
      'it is in its last step and waits for 2 devices, 1 of them is silent',
      'it is in its last step and waits for 2 devices, 2 of them are silent',
    ]);
    const later = (count: number) => sayWhy(circumstance('next-is-complete', { later: count }));
    expect([0, 1, 2].map(later)).toEqual([
      'it is complete',
      'it is complete; 1 device came later or changed since',
      'it is complete; 2 devices came later or changed since',
    ]);
    const tries = (count: number) =>
      sayWhy(circumstance('images-check-failed', { tries: count, why: 'it broke' }));
    expect([1, 2].map(tries)).toEqual([
      expect.stringContaining('ended early once (it broke)'),
      expect.stringContaining('ended early 2 times (it broke)'),
    ]);
  });

  it('refuses what its sentence does not need, and what it lacks, where it is made', () => {
    // @ts-expect-error -- a parameter is missing
    circumstance('installation-replaced', {});
    // @ts-expect-error -- a parameter is misspelt
    circumstance('installation-replaced', { bundel: 'v2.raucb' });
    // @ts-expect-error -- it needs parameters
    circumstance('installation-replaced');
    // @ts-expect-error -- it needs none
    circumstance('installation-silent', { by: 'local' });
    // @ts-expect-error -- there is no such code
    expect(sayWhy(circumstance('installation-silenced'))).toBe('installation-silenced');
  });

  it('shows its code where another version has other words for it', () => {
    expect(sayWhy({ code: 'of-a-later-version', parameters: {} })).toBe('of-a-later-version');
    expect(sayWhy({ code: 'installation-replaced', parameters: {} })).toBe('installation-replaced');
    expect(knownSentence({ code: 'toString', parameters: {} })).toBeUndefined();
  });

  it('never takes a text for a code', () => {
    expect(sayWhy('installation-silent')).toBe('installation-silent');
    const forged = '{"code":"installation-silent","parameters":{}}';
    expect(sayWhy(forged)).toBe(forged);
  });

  it('says the same as the sentence that an earlier version stored', () => {
    expect(isSameWhy(silent, 'the device has not been heard from')).toBe(true);
    expect(isSameWhy(silent, circumstance('installation-silent'))).toBe(true);
    expect(isSameWhy(silent, 'no space')).toBe(false);
    expect(isSameWhy(silent, null)).toBe(false);
    expect(isSameWhy(null, null)).toBe(true);
    expect(sayAny(null)).toBeNull();
  });
});
