import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { parseCertificate, type ParsedCertificate } from '../../../src/rauc/certificate';
import { validateChain } from '../../../src/rauc/chain';
import type { VerificationProfile } from '../../../src/rauc/profile';
import { testNow } from '../../support/bundle-surgery';
import { cachedFolder } from '../../support/cached-folder';
import { run } from '../../support/programs';
import { type Issue, issue } from '../../support/test-pki';

const identified = ['subjectKeyIdentifier=hash', 'authorityKeyIdentifier=keyid'];
const ca = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const caAbove = (count: number) => [`basicConstraints=critical,CA:TRUE,pathlen:${count}`, ...ca.slice(1)];
const leaf = ['basicConstraints=critical,CA:FALSE'];
const subject = (name: string) => `/O=Test/CN=${name}`;

/** As many CAs in a row as a chain may have, and one more. */
const tower = Array.from({ length: 11 }, (_, floor): Issue => ({
  name: `floor-${floor}`,
  subject: subject(`Floor ${floor}`),
  extensions: ca,
  ...(floor === 0 ? {} : { issuer: `floor-${floor - 1}` }),
}));

const issues: readonly Issue[] = [
  ...tower,
  { name: 'highest', subject: subject('Highest'), extensions: leaf, issuer: 'floor-9' },
  { name: 'too-high', subject: subject('Too high'), extensions: leaf, issuer: 'floor-10' },

  { name: 'one', subject: subject('One'), extensions: ca },
  { name: 'two', subject: subject('Two'), extensions: ca },
  { name: 'one-by-two', subject: subject('One'), extensions: ca, issuer: 'two', keyOf: 'one' },
  { name: 'two-by-one', subject: subject('Two'), extensions: ca, issuer: 'one', keyOf: 'two' },
  { name: 'of-one', subject: subject('Of one'), extensions: leaf, issuer: 'one' },

  { name: 'root', subject: subject('Root'), extensions: [...caAbove(1), ...identified] },
  { name: 'middle', subject: subject('Middle'), extensions: [...ca, ...identified], issuer: 'root' },
  { name: 'renewed', subject: subject('Middle'), extensions: [...ca, ...identified], issuer: 'middle' },
  { name: 'low', subject: subject('Low'), extensions: [...ca, ...identified], issuer: 'middle' },
  {
    name: 'of-renewed',
    subject: subject('Of renewed'),
    extensions: [...leaf, ...identified],
    issuer: 'renewed',
  },
  { name: 'of-low', subject: subject('Of low'), extensions: [...leaf, ...identified], issuer: 'low' },
];

let folder: string;
beforeAll(async () => {
  folder = await cachedFolder('chains', issues, async (target) => {
    for (const one of issues) await issue(target, one);
  });
});

const file = (name: string) => path.join(folder, `${name}.crt`);
const profile: VerificationProfile = {
  anchorsPem: null,
  purpose: 'any',
  allowPartialChain: false,
  checkCrl: false,
  timeSource: 'clock',
  allowedSignerCns: [],
};

async function parsed(...names: readonly string[]): Promise<ParsedCertificate[]> {
  return Promise.all(
    names.map(async (name) => parseCertificate(new X509Certificate(await readFile(file(name))).raw)),
  );
}

/** @returns the length of the chain and what is wrong with it */
async function judge(signer: string, delivered: readonly string[], anchors: readonly string[]) {
  const [[certificate], certificates, keyring] = await Promise.all([
    parsed(signer),
    parsed(...delivered),
    parsed(...anchors),
  ]);
  if (certificate === undefined) throw new Error('there is a signer');
  const untrusted = { certificates, revocationLists: [] };
  const { chain, problem } = validateChain(
    certificate,
    untrusted,
    { certificates: keyring, revocationLists: [] },
    profile,
    testNow,
  );
  return { certificates: chain.length, problem: problem?.code ?? null };
}

const floors = (count: number) => Array.from({ length: count }, (_, floor) => `floor-${floor + 1}`);

describe('a chain', () => {
  it('has nine CAs between signer and root at the most', async () => {
    expect(await judge('highest', floors(9), ['floor-0'])).toEqual({ certificates: 11, problem: null });
    expect(await judge('too-high', floors(10), ['floor-0'])).toEqual({
      certificates: 11,
      problem: 'chain-incomplete',
    });
  });

  it('comes to an end although two CAs of the keyring have issued each other', async () => {
    expect(await judge('of-one', [], ['one-by-two', 'two-by-one'])).toEqual({
      certificates: 11,
      problem: 'chain-incomplete',
    });
  });

  it.each([
    ['renewed', null],
    ['low', 'chain-path-length'],
  ])('counts CAs for a path length, but none that a CA issued to itself: %s', async (last, problem) => {
    expect(await judge(`of-${last}`, [last, 'middle'], ['root'])).toEqual({ certificates: 4, problem });
    const untrusted = ['middle', last].flatMap((name) => ['-untrusted', file(name)]);
    const { code } = await run('openssl', [
      'verify',
      '-CAfile',
      file('root'),
      ...untrusted,
      file(`of-${last}`),
    ]);
    expect(code === 0).toBe(problem === null);
  });
});
