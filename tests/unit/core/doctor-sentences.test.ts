import {
  finding,
  type FindingCode,
  type FindingParameters,
  findingRemedy,
  findingSentence,
  findingWords,
  skipSentence,
} from '../../../src/core/reasons/doctor/sentences';
import { type SkipCode, skippedWords } from '../../../src/core/reasons/doctor/skipped';

type Some = { readonly [Code in FindingCode]: FindingParameters<Code> };

const none = {};
const host = { host: 'updates.example.com' };
const endpoint = { ...host, port: 8443 };
const room = { bundles: 2 ** 30, uploads: 0, database: 0, other: 0, outside: 0 };

/** For each code what it may be said with. */
const said: Some = {
  'check-timed-out': { limitMs: 30_000 },
  'check-failed': { why: 'EACCES' },
  'as-told': { what: 'the key is open', remedy: 'Close the key.' },
  'node-too-old': { node: '18.0.0', oldest: '20.19' },
  'server-of-another-version': { running: '1.0.0', own: '2.0.0' },
  'disk-full': { ...room, freeBytes: 0, neededBytes: 2 ** 31 },
  'disk-short': { ...room, freeBytes: 2 ** 30, neededBytes: 2 ** 31 },
  'clock-never-set': { at: '1970-01-01T00:00:00.000Z' },
  'clock-behind-journal': { at: '2025-01-01T00:00:00.000Z', last: '2026-01-01T00:00:00.000Z' },
  'database-of-newer-version': { schema: 41, known: 40 },
  'database-missing': none,
  'database-damaged': { damage: 'row 7 is missing' },
  'bundle-file-missing': none,
  'bundle-file-of-wrong-size': { sizeBytes: 17, wantedBytes: 18 },
  'bundle-file-changed': none,
  'bundle-file-unknown': none,
  'port-of-another-program': { does: 'speaks SSH', option: 'ADMIN_PORT' },
  'listener-silent': { listener: 'device', code: 'ECONNREFUSED' },
  'certificate-refused-by-devices': { why: 'it has expired' },
  'certificate-not-in-use': none,
  'device-certificate-refused': { why: 'unknown CA' },
  'health-not-answered': { status: 503 },
  'server-host-not-covered': host,
  'asked-name-not-covered': host,
  'server-host-unresolved': host,
  'server-url-unreachable': { ...endpoint, code: 'ETIMEDOUT', does: null },
  'proxy-terminates-tls': endpoint,
  'proxy-silent': { code: 'ETIMEDOUT' },
  'proxy-leads-elsewhere': { does: 'answers with a page of another program' },
  'proxy-lets-everyone-in': none,
  'proxy-limits-uploads': none,
};

const codes = Object.keys(said) as FindingCode[];
const reasonOf = (code: FindingCode) => finding(code, said[code] as never);

describe('a finding of doctor', () => {
  it.each(codes)('says what is wrong with all that it knows, and what to do: %s', (code) => {
    const [sentence, remedy] = [findingSentence(reasonOf(code)), findingRemedy(reasonOf(code))];
    expect(sentence).toMatch(/^\S.*[^.\s]$/);
    expect(remedy).toMatch(/^[A-Z].*\.$/);
    expect(`${sentence} ${remedy}`).not.toMatch(/undefined|null|object/);
    const texts = Object.values(said[code]).filter((value) => typeof value === 'string');
    for (const text of texts) expect(`${sentence} ${remedy}`).toContain(text);
  });

  it('has words for each code, which are no other code’s', () => {
    expect(codes.toSorted()).toEqual(Object.keys(findingWords).toSorted());
    expect(new Set(codes.map((code) => findingSentence(reasonOf(code)))).size).toBe(codes.length);
  });

  it('says sizes in MiB, what takes the space, and what to do about it', () => {
    const reason = reasonOf('disk-short');
    expect(findingSentence(reason)).toMatch(/^1024 MiB free; .* need 2048 MiB\. .*bundles \(1024 MiB\)$/);
    expect(findingRemedy(reason)).toContain('Delete bundles');
  });

  it('says what a stranger does where SERVER_URL leads, and goes on without a remedy of somebody else', () => {
    const strange = finding('server-url-unreachable', { ...endpoint, code: null, does: 'speaks SSH' });
    expect(findingSentence(strange)).toContain('(it speaks SSH)');
    expect(findingRemedy(finding('as-told', { what: 'it is gone', remedy: null }))).toBe(
      'Fix the problem, then retry.',
    );
  });
});

it.each(Object.keys(skippedWords) as SkipCode[])('what is not checked says why: %s', (code) => {
  expect(skipSentence(code)).toMatch(/^[a-z].* .*[^.]$/);
});
