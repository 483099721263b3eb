import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { inspectBundle } from '../../../src/rauc/inspect';
import type { VerificationProfile } from '../../../src/rauc/profile';
import { bufferSource } from '../../../src/rauc/source';
import { childAt, decodeDer, encodeDer, tlv } from '../../support/ber';
import { makeBundle } from '../../support/bundle-factory';
import { inspectBytes, profileFor, putTogether, sign, takeApart } from '../../support/bundle-surgery';
import { keyringOptions } from '../../support/keyring-options';
import { raucSid, run, temporaryFolder } from '../../support/programs';
import { bundleSigner, revocationList, type Signer, type SignerKind } from '../../support/test-pki';

type Changes = Partial<VerificationProfile>;

async function compareWithRauc(bundlePath: string, keyringPath: string, changes: Changes) {
  const profile = await profileFor(keyringPath, changes);
  const inspection = await inspectBytes(await readFile(bundlePath), profile);
  const args = ['info', '-C', `keyring:path=${keyringPath}`, ...keyringOptions(changes), bundlePath];
  const rauc = await run(raucSid, args);
  return {
    ours: inspection.reasons[0]?.code ?? inspection.verdict,
    rauc: rauc.code === 0 ? 'accepts' : 'refuses',
    inspection,
  };
}

const codesign: Changes = { purpose: 'codesign' };
const any: Changes = { purpose: 'any' };

describe('the signer, judged by us and by RAUC', () => {
  it.each<[SignerKind, Changes, string]>([
    ['ec', {}, 'trusted'],
    ['ec', codesign, 'chain-purpose'],
    ['ec', any, 'trusted'],
    ['email', {}, 'trusted'],
    ['email', codesign, 'chain-purpose'],
    ['codesign', {}, 'chain-purpose'],
    ['codesign', codesign, 'trusted'],
    ['codesign', any, 'trusted'],
    ['codesign-able-ca', codesign, 'trusted'],
    ['codesign-limited-ca', codesign, 'chain-purpose'],
    ['codesign-limited-ca', any, 'trusted'],
    ['server', {}, 'chain-purpose'],
    ['server', any, 'trusted'],
    ['key-agreement-only', {}, 'chain-purpose'],
    ['intermediate', {}, 'trusted'],
    ['self-signed', {}, 'trusted'],
    ['ed25519-root', {}, 'trusted'],
    ['pss-root', {}, 'trusted'],
    ['issued-by-non-ca', {}, 'chain-not-a-ca'],
    ['issued-by-non-ca', any, 'chain-not-a-ca'],
    ['issuer-may-not-certify', {}, 'chain-not-a-ca'],
    ['path-too-long', {}, 'chain-path-length'],
    ['path-met', {}, 'trusted'],
    ['critical-extension', {}, 'chain-critical-extension'],
    ['expired', {}, 'chain-expired'],
    ['expired', { timeSource: 'signing-time' }, 'chain-expired'],
    ['future', {}, 'chain-not-yet-valid'],
    ['bus-ci', { allowedSignerCns: ['Other', 'Bus CI'] }, 'trusted'],
    ['bus-ci', { allowedSignerCns: ['Bus C', 'bus ci'] }, 'chain-signer-name'],
  ])('%s under %j: %s', async (kind, changes, expected) => {
    const bundle = await makeBundle({ signer: await bundleSigner(kind) });
    const { ours, rauc } = await compareWithRauc(bundle.path, bundle.keyringPath, changes);
    expect(ours).toBe(expected);
    expect(rauc).toBe(expected === 'trusted' ? 'accepts' : 'refuses');
  });

  it.each<SignerKind>(['rsa', 'impostor'])('is untrusted under the root of another: %s', async (kind) => {
    const bundle = await makeBundle();
    const { caPath } = await bundleSigner(kind);
    expect(await compareWithRauc(bundle.path, caPath, {})).toMatchObject({
      ours: 'chain-incomplete',
      rauc: 'refuses',
    });
  });

  it('is untrusted with a self-signed certificate that is not in the keyring', async () => {
    const bundle = await makeBundle({ signer: await bundleSigner('self-signed') });
    const { caPath } = await bundleSigner('ec');
    expect(await compareWithRauc(bundle.path, caPath, {})).toMatchObject({
      ours: 'chain-not-anchored',
      rauc: 'refuses',
    });
  });

  it('is untrusted where the intermediate is missing, and trusted where the keyring has it', async () => {
    const signer = await bundleSigner('intermediate');
    const bundle = await makeBundle({ signer: { ...signer, intermediates: [] } });
    const missing = await compareWithRauc(bundle.path, signer.caPath, {});
    expect(missing).toMatchObject({ ours: 'chain-incomplete', rauc: 'refuses' });
    const both = await keyring(signer.caPath, ...signer.intermediates);
    const complete = await compareWithRauc(bundle.path, both, {});
    expect(complete).toMatchObject({ ours: 'trusted', rauc: 'accepts' });
  });

  it.each([
    ['the intermediate', 'intermediates'],
    ['the signer itself', 'certPath'],
  ] as const)('is trusted by %s alone only where partial chains are allowed', async (_what, key) => {
    const signer = await bundleSigner('intermediate');
    const bundle = await makeBundle({ signer });
    const anchor = await keyring(...[signer[key]].flat());
    const strict = await compareWithRauc(bundle.path, anchor, {});
    expect(strict).toMatchObject({ ours: 'chain-incomplete', rauc: 'refuses' });
    const partial = await compareWithRauc(bundle.path, anchor, { allowPartialChain: true });
    expect(partial).toMatchObject({ ours: 'trusted', rauc: 'accepts' });
  });

  it('is untrusted below a root that is too weak, which RAUC does not look at', async () => {
    const bundle = await makeBundle({ signer: await bundleSigner('weak-root') });
    const { ours, rauc } = await compareWithRauc(bundle.path, bundle.keyringPath, {});
    expect([ours, rauc]).toEqual(['chain-weak', 'accepts']);
  });

  it('is shown with hostile characters escaped', async () => {
    const bundle = await makeBundle({ signer: await bundleSigner('hostile-name') });
    const { inspection } = await compareWithRauc(bundle.path, bundle.keyringPath, {});
    expect(inspection.signerChain[0]?.subject).toBe('CN=Good\\u{202e}doog');
  });
});

describe('revocation lists, judged by us and by RAUC', () => {
  const checkCrl: Changes = { checkCrl: true };

  async function judge(
    kind: SignerKind,
    makeLists: (signer: Signer) => Promise<string>[],
    changes = checkCrl,
  ) {
    const signer = await bundleSigner(kind);
    const bundle = await makeBundle({ signer });
    const file = await keyring(signer.caPath);
    const lists = await Promise.all(makeLists(signer));
    await writeFile(file, [await readFile(file, 'utf8'), ...lists].join('\n'));
    const { ours, rauc } = await compareWithRauc(bundle.path, file, changes);
    return [ours, rauc];
  }
  const past = ['20200101000000Z', '20210101000000Z'] as const;

  it('refuse when a list is missing', async () => {
    expect(await judge('ec', () => [])).toEqual(['chain-no-crl', 'refuses']);
    const rootOnly = (signer: Signer) => [revocationList(signer, 'root')];
    expect(await judge('intermediate', rootOnly)).toEqual(['chain-no-crl', 'refuses']);
  });

  it('accept with a list of every CA', async () => {
    expect(await judge('ec', (signer) => [revocationList(signer, 'root')])).toEqual(['trusted', 'accepts']);
    const both = (signer: Signer) => [revocationList(signer, 'root'), revocationList(signer, 'middle')];
    expect(await judge('intermediate', both)).toEqual(['trusted', 'accepts']);
  });

  it('refuse a revoked signer', async () => {
    const lists = (signer: Signer) => [revocationList(signer, 'root', [signer.certPath])];
    expect(await judge('ec', lists)).toEqual(['chain-revoked', 'refuses']);
  });

  it('refuse a revoked intermediate', async () => {
    const lists = (signer: Signer) => [
      revocationList(signer, 'root', signer.intermediates),
      revocationList(signer, 'middle'),
    ];
    expect(await judge('intermediate', lists)).toEqual(['chain-revoked', 'refuses']);
  });

  it('refuse an outdated list, and one of a CA that only has the same name', async () => {
    const outdated = (signer: Signer) => [revocationList(signer, 'root', [], past)];
    expect(await judge('ec', outdated)).toEqual(['chain-no-crl', 'refuses']);
    const other = await bundleSigner('impostor');
    expect(await judge('ec', () => [revocationList(other, 'root')])).toEqual(['chain-no-crl', 'refuses']);
  });

  it('refuse a list of a CA that may issue certificates, but no lists', async () => {
    const both = (signer: Signer) => [revocationList(signer, 'root'), revocationList(signer, 'middle')];
    expect(await judge('issuer-may-not-revoke', both, {})).toEqual(['trusted', 'accepts']);
    expect(await judge('issuer-may-not-revoke', both)).toEqual(['chain-no-crl', 'refuses']);
  });

  it('believe the newest of several lists', async () => {
    const lists = (signer: Signer) => [
      revocationList(signer, 'root'),
      revocationList(signer, 'root', [signer.certPath], ['20240101000000Z', '20990101000000Z']),
    ];
    expect(await judge('ec', lists)).toEqual(['chain-revoked', 'refuses']);
  });

  /** The list comes in the signature; the keyring has one of its own, or not. */
  async function judgeDelivered(delivered: Promise<string>, own: readonly Promise<string>[]) {
    const signer = await bundleSigner();
    const { payload, cms } = takeApart(await readFile((await makeBundle({ signer })).path));
    const contentInfo = decodeDer(cms);
    const der = Buffer.from((await delivered).replace(/-----.*-----/g, ''), 'base64');
    childAt(contentInfo, 1, 0).children.splice(4, 0, tlv(0xa1, der));
    const folder = await temporaryFolder();
    const file = path.join(folder, 'bundle.raucb');
    await writeFile(file, putTogether({ payload, cms: encodeDer(contentInfo) }));
    const keyringPath = path.join(folder, 'keyring.pem');
    const texts = await Promise.all([readFile(signer.caPath, 'utf8'), ...own]);
    await writeFile(keyringPath, texts.join('\n'));
    const { ours, rauc } = await compareWithRauc(file, keyringPath, checkCrl);
    return [ours, rauc];
  }

  it('in the signature help nobody', async () => {
    const signer = await bundleSigner();
    const list = () => revocationList(signer, 'root');
    expect(await judgeDelivered(list(), [])).toEqual(['chain-no-crl', 'refuses']);
    expect(await judgeDelivered(list(), [list()])).toEqual(['trusted', 'accepts']);
  });

  it('in the signature take trust away, as RAUC looks at them first', async () => {
    const signer = await bundleSigner();
    const own = () => [revocationList(signer, 'root')];
    const revoking = revocationList(signer, 'root', [signer.certPath]);
    expect(await judgeDelivered(revoking, own())).toEqual(['chain-revoked', 'refuses']);
    const foreign = revocationList(await bundleSigner('impostor'), 'root');
    expect(await judgeDelivered(foreign, own())).toEqual(['chain-no-crl', 'refuses']);
    const outdated = revocationList(signer, 'root', [signer.certPath], past);
    expect(await judgeDelivered(outdated, own())).toEqual(['chain-no-crl', 'refuses']);
  });

  it('are not looked at unless the profile says so', async () => {
    const lists = (signer: Signer) => [revocationList(signer, 'root', [signer.certPath])];
    expect(await judge('ec', lists, {})).toEqual(['trusted', 'accepts']);
  });
});

describe('the time', () => {
  const farFuture = new Date('2101-01-01T00:00:00Z'); // certificates have expired, the bundle was signed before

  it('is the clock by default, and the time of signing where the profile believes it', async () => {
    const bundle = await makeBundle();
    const bytes = await readFile(bundle.path);
    const byClock = await inspectBytes(bytes, await profileFor(bundle.keyringPath), farFuture);
    expect(byClock).toMatchObject({ verdict: 'untrusted', reasons: [{ code: 'chain-expired' }] });
    expect(byClock.warnings.map((warning) => warning.code)).toContain('signer-expired');
    const believing = await profileFor(bundle.keyringPath, { timeSource: 'signing-time' });
    expect(await inspectBytes(bytes, believing, farFuture)).toMatchObject({ verdict: 'trusted' });
  });

  it('ends with the second that a certificate names as its last', async () => {
    const bundle = await makeBundle({ signer: await bundleSigner('expires-soon') });
    const bytes = await readFile(bundle.path);
    const at = async (now: string) =>
      (await inspectBytes(bytes, await profileFor(bundle.keyringPath), new Date(now))).verdict;
    expect(await at('2026-12-31T23:59:59.999Z')).toBe('trusted');
    expect(await at('2027-01-01T00:00:00.000Z')).toBe('untrusted');
  });

  it('of signing is not invented where the signature has none', async () => {
    const signer = await bundleSigner();
    const { payload } = takeApart(await readFile((await makeBundle({ format: 'plain' })).path));
    const bare = await sign(payload, signer, { detached: true, extra: ['-noattr'] });
    const believing = await profileFor(signer.caPath, { timeSource: 'signing-time' });
    expect(await inspectBytes(putTogether({ payload, cms: bare }), believing)).toMatchObject({
      verdict: 'untrusted',
      reasons: [{ code: 'signing-time' }],
    });
  });

  it('makes a warning of a signer that expires soon', async () => {
    const bundle = await makeBundle({ signer: await bundleSigner('expires-soon') });
    const bytes = await readFile(bundle.path);
    const codesAt = async (now: string) => {
      const profile = await profileFor(bundle.keyringPath);
      return (await inspectBytes(bytes, profile, new Date(now))).warnings.map((warning) => warning.code);
    };
    expect(await codesAt('2026-12-15T00:00:00Z')).toContain('signer-expires-soon');
    expect(await codesAt('2026-06-15T00:00:00Z')).not.toContain('signer-expires-soon');
  });
});

describe('without a keyring', () => {
  it('an intact bundle is unchecked, and a damaged one is broken', async () => {
    const bundle = await makeBundle();
    const bytes = await readFile(bundle.path);
    const profile = { ...(await profileFor(bundle.keyringPath)), anchorsPem: null };
    expect(await inspectBytes(bytes, profile)).toMatchObject({ verdict: 'unchecked', reasons: [] });
    const damaged = Buffer.from(bytes);
    damaged[5000] = (damaged[5000] ?? 0) ^ 1;
    expect(await inspectBytes(damaged, profile)).toMatchObject({ verdict: 'broken' });
  });

  it.each(['', 'nothing of use', '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n'])(
    'an unusable keyring is an error of configuration: %j',
    async (anchorsPem) => {
      const bundle = await makeBundle();
      const profile = { ...(await profileFor(bundle.keyringPath)), anchorsPem };
      const source = bufferSource(await readFile(bundle.path));
      await expect(inspectBundle(source, profile, new Date())).rejects.toMatchObject({
        code: 'configuration',
      });
    },
  );
});

async function keyring(...files: readonly string[]): Promise<string> {
  const file = path.join(await temporaryFolder(), 'keyring.pem');
  const texts = await Promise.all(files.map((name) => readFile(name, 'utf8')));
  await writeFile(file, texts.join('\n'));
  return file;
}
