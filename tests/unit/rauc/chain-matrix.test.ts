import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { VerificationProfile } from '../../../src/rauc/profile';
import { type AmbiguousPki, ambiguousPki } from '../../support/ambiguous-pki';
import { childAt, decodeDer, encodeDer, tlv } from '../../support/ber';
import { makeBundle } from '../../support/bundle-factory';
import {
  type BundleParts,
  inlineManifest,
  inspectBytes,
  profileFor,
  putTogether,
  sign,
  takeApart,
} from '../../support/bundle-surgery';
import { keyringOptions } from '../../support/keyring-options';
import { mustRun, raucSid, run, temporaryFolder } from '../../support/programs';

/**
 * What these tests were made with. When Debian sid moves on, run them with the new version first: if they pass, write
 * it here; if not, RAUC or its OpenSSL judges chains otherwise now, and `src/rauc/chain.ts` has to follow.
 */
const measuredWith = 'rauc 1.15.2';

/** The signer's certificate, and what is in the CMS beside it, in this order. */
const signers: readonly (readonly [leaf: string, ...others: string[]])[] = [
  ['leaf'],
  ['leaf', 'middle'],
  ['leaf', 'middle-twin', 'middle'],
  ['leaf', 'middle-mute', 'middle'],
  ['leaf', 'middle-old', 'middle'],
  ['leaf', 'middle-cross', 'middle'],
  ['leaf', 'middle-capital'],
  ['leaf', 'middle-bounded'],
  ['leaf-precise', 'middle-twin', 'middle'],
  ['leaf-serial', 'middle-cross', 'middle'],
  ['leaf-root', 'root-twin'],
  ['leaf-netscape', 'middle'],
  ['leaf-proxy', 'middle'],
  ['leaf-old', 'middle'],
  ['leaf-code', 'middle'],
  ['self'],
];

const keyrings: readonly (readonly string[])[] = [
  ['root'],
  ['root', 'root-short'],
  ['root-short', 'root'],
  ['root', 'root-twin'],
  ['root-twin', 'root'],
  ['root-old', 'root'],
  ['root-no-ca', 'root'],
  ['other', 'root'],
  ['middle'],
  ['middle', 'root'],
  ['middle-twin', 'middle', 'root'],
  ['middle-mute', 'middle', 'root'],
  ['middle-old', 'root'],
  ['leaf', 'root'],
  ['self-twin', 'self'],
];

const keyringsWithLists: readonly (readonly string[])[] = [
  ['root', 'root-list'],
  ['root', 'root-list', 'middle-list'],
  ['root', 'root-list-old', 'middle-list'],
  ['root', 'root-list', 'middle-list', 'middle-list-revoking'],
  ['root', 'root-list', 'root-twin-list-newer', 'middle-list'],
  ['root-twin', 'root', 'root-list', 'middle-list'],
  ['middle', 'middle-list'],
  ['middle', 'middle-list', 'root-list'],
  ['middle', 'root', 'root-list', 'middle-list'],
];

type Changes = Partial<VerificationProfile>;
const profiles: Readonly<Record<string, Changes>> = {
  default: {},
  partial: { allowPartialChain: true },
  codesign: { purpose: 'codesign' },
  any: { purpose: 'any', allowPartialChain: true },
  crl: { checkCrl: true },
  'crl, partial': { checkCrl: true, allowPartialChain: true },
};

/** Certificates with which we refuse what RAUC accepts, and why that stays. */
const stricter: Readonly<Record<string, string>> = {
  'middle-of-hosts':
    'Whether a common name is one of a host is not guessed: a CA that limits DNS names is refused.',
};

let pki: AmbiguousPki;
let parts: BundleParts;
let folder: string;
const signatures = new Map<string, Buffer>();

beforeAll(async () => {
  pki = await ambiguousPki();
  folder = await temporaryFolder();
  parts = takeApart(await readFile((await makeBundle({ imageSizeBytes: 4096 })).path));
  const manifest = await inlineManifest(parts.cms);
  for (const [leaf] of [...signers, ...(aboutNames[0]?.signedBy ?? [])]) {
    if (signatures.has(leaf)) continue;
    const by = { certPath: pki.certPath(leaf), keyPath: pki.keyPath(leaf), caPath: '', intermediates: [] };
    signatures.set(leaf, await sign(manifest, by));
  }
});

async function bundleOf([leaf, ...others]: readonly string[]): Promise<Buffer> {
  const contentInfo = decodeDer(signatures.get(leaf ?? '') ?? Buffer.alloc(0));
  const ders = await Promise.all([leaf ?? '', ...others].map(pki.der));
  childAt(contentInfo, 1, 0).children[3] = tlv(0xa0, Buffer.concat(ders));
  return putTogether({ payload: parts.payload, cms: encodeDer(contentInfo) });
}

interface Cases {
  readonly keyring: readonly string[];
  readonly names: readonly string[];
  readonly signedBy?: typeof signers;
}

/** Where we and RAUC differ. */
async function differences({ keyring, names, signedBy = signers }: Cases) {
  const keyringPath = path.join(folder, `${keyring.join('+')}.pem`);
  await writeFile(keyringPath, (await Promise.all(keyring.map(pki.pem))).join('\n'));
  const found = { laxer: new Array<string>(), strict: new Array<string>() };
  for (const signer of signedBy) {
    const bundle = await bundleOf(signer);
    const file = path.join(folder, 'bundle.raucb');
    await writeFile(file, bundle);
    for (const name of names) {
      const changes = profiles[name] ?? {};
      const options = ['-C', `keyring:path=${keyringPath}`, ...keyringOptions(changes)];
      const [{ verdict }, rauc] = await Promise.all([
        inspectBytes(bundle, await profileFor(keyringPath, changes)),
        run(raucSid, ['info', ...options, file]),
      ]);
      const isTrusted = verdict === 'trusted';
      const row = `${signer.join(' + ')} under ${keyring.join(' + ')}, ${name}`;
      if (isTrusted && rauc.code !== 0) found.laxer.push(row);
      if (!isTrusted && rauc.code === 0 && !signer.some((certificate) => certificate in stricter))
        found.strict.push(row);
    }
  }
  return found;
}

const aboutPaths = keyrings.map((keyring) => ({ keyring, names: ['default', 'partial'] }));
const aboutLists = keyringsWithLists.map((keyring) => ({
  keyring,
  names: ['crl', 'crl, partial'],
  signedBy: signers.filter(([leaf]) => leaf === 'leaf'),
}));
const aboutNames = [
  {
    keyring: ['root'],
    names: ['default', 'partial'],
    signedBy: [
      ['leaf', 'middle-permitting'],
      ['leaf', 'middle-excluding'],
      ['leaf', 'middle-elsewhere'],
      ['leaf', 'middle-of-hosts'],
      ['leaf-mail', 'middle-bounded'],
      ['leaf-mail', 'middle'],
    ] satisfies typeof signers,
  },
];
const aboutPurposes = [['root'], ['middle', 'root']].map((keyring) => ({
  keyring,
  names: ['codesign', 'any'],
}));

describe('a chain where several are possible, judged by us and by RAUC', () => {
  it(`is compared with ${measuredWith}: with another version, read what this file says of it`, async () => {
    expect((await mustRun(raucSid, ['--version'])).stdout.trim()).toBe(measuredWith);
  });

  it.each<Cases>([...aboutPaths, ...aboutLists, ...aboutNames, ...aboutPurposes])(
    'has one verdict: keyring $keyring, profiles $names',
    async (cases) => {
      expect(await differences(cases)).toEqual({ laxer: [], strict: [] });
    },
    60_000, // fifty runs of a program
  );

  it.each(Object.keys(stricter))('is refused by us alone with %s', async (certificate) => {
    const bundle = await bundleOf(['leaf', certificate]);
    const keyringPath = path.join(folder, 'root.pem');
    const file = path.join(folder, 'bundle.raucb');
    await writeFile(keyringPath, await pki.pem('root'));
    await writeFile(file, bundle);
    await mustRun(raucSid, ['info', '-C', `keyring:path=${keyringPath}`, file]);
    expect(await inspectBytes(bundle, await profileFor(keyringPath))).toMatchObject({ verdict: 'untrusted' });
  });
});
