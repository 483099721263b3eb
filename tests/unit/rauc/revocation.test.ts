import { sayWhy } from '../../../src/core/circumstances/sentences';
import { readFile } from 'node:fs/promises';
import type { ParsedCertificate } from '../../../src/rauc/certificate';
import { parseKeyring } from '../../../src/rauc/keyring';
import type { VerificationProfile } from '../../../src/rauc/profile';
import { checkRevocation } from '../../../src/rauc/revocation';
import type { RevocationList } from '../../../src/x509/revocation-list';
import { testNow } from '../../support/bundle-surgery';
import { bundleSigner, revocationList } from '../../support/test-pki';

let signer: ParsedCertificate;
let root: ParsedCertificate;
/** A list of the root that is current, and revokes nobody. */
let list: RevocationList;

beforeAll(async () => {
  const made = await bundleSigner();
  const files = await Promise.all([readFile(made.certPath, 'utf8'), readFile(made.caPath, 'utf8')]);
  const pem = [...files, await revocationList(made, 'root')].join('\n');
  const { certificates, revocationLists } = parseKeyring(pem);
  [signer, root] = certificates as [ParsedCertificate, ParsedCertificate];
  [list] = revocationLists as [RevocationList];
});

const profile: VerificationProfile = {
  anchorsPem: null,
  purpose: 'any',
  allowPartialChain: false,
  checkCrl: true,
  timeSource: 'clock',
  allowedSignerCns: [],
};

interface Lists {
  readonly own?: readonly RevocationList[];
  readonly delivered?: readonly RevocationList[];
  readonly chain?: readonly ParsedCertificate[];
  readonly changes?: Partial<VerificationProfile>;
}

function judge({ own = [list], delivered = [], chain = [signer, root], changes = {} }: Lists = {}) {
  const problem = checkRevocation({
    chain,
    keyring: { certificates: [root], revocationLists: own },
    profile: { ...profile, ...changes },
    at: testNow,
    untrustedLists: delivered,
  });
  return problem === null ? null : `${problem.code}: ${sayWhy(problem.message)}`;
}

const saying = (change: Partial<RevocationList>): RevocationList => ({ ...list, ...change });
const revoking = (...certificates: readonly ParsedCertificate[]) =>
  saying({ revoked: new Set(certificates.map(({ serial }) => serial)) });
const ms = (count: number) => new Date(testNow.getTime() + count);

const none = 'chain-no-crl: the keyring has no current revocation list of "Root of ec"';
const revoked = 'chain-revoked: "Signer ec" was revoked by its issuer';

describe('the lists of the keyring', () => {
  it('are enough where each issuer has one', () => {
    expect(judge()).toBeNull();
    expect(judge({ own: [] })).toBe(none);
    expect(judge({ own: [], changes: { checkCrl: false } })).toBeNull();
  });

  it('revoke a signer, and an authority that is on its own list', () => {
    expect(judge({ own: [revoking(signer)] })).toBe(revoked);
    expect(judge({ own: [revoking(root)] })).toBe('chain-revoked: "Root of ec" was revoked by its issuer');
  });

  it('are current from their first moment on, and before the next one', () => {
    expect(judge({ own: [saying({ thisUpdate: testNow, nextUpdate: ms(1) })] })).toBeNull();
    expect(judge({ own: [saying({ nextUpdate: null })] })).toBeNull();
    expect(judge({ own: [saying({ thisUpdate: ms(1) })] })).toBe(none);
    expect(judge({ own: [saying({ nextUpdate: testNow })] })).toBe(none);
  });

  it('are those of the issuer by its name and key identifier', () => {
    expect(judge({ own: [saying({ issuerName: 'another' })] })).toBe(none);
    const authorityKeyId = { keyId: null, issuerName: null, serial: 'ff' };
    expect(judge({ own: [saying({ authorityKeyId })] })).toBe(none);
  });

  it('count by the newest alone', () => {
    const older = { ...revoking(signer), thisUpdate: ms(-9) };
    const newer = saying({ thisUpdate: ms(-8) });
    for (const own of [
      [older, newer],
      [newer, older],
    ])
      expect(judge({ own })).toBeNull();
    expect(judge({ own: [{ ...older, thisUpdate: ms(-7) }, newer] })).toBe(revoked);
  });

  it('that are partial take trust away, and give none', () => {
    const partial = { ...revoking(signer), isPartial: true };
    expect(judge({ own: [partial] })).toBe(revoked);
    expect(judge({ own: [list, { ...partial, thisUpdate: new Date(0) }] })).toBe(revoked);
    expect(judge({ own: [saying({ isPartial: true })] })).toBe(none);
    expect(judge({ own: [saying({ isPartial: true, thisUpdate: ms(-1) }), list] })).toBeNull();
  });

  it('must be signed by the issuer, which may sign lists', () => {
    const notSigned = 'chain-no-crl: another key signed the newest revocation list of "Root of ec"';
    const signature = Buffer.from(list.signature);
    signature.writeUInt8(signature.readUInt8(10) ^ 1, 10);
    expect(judge({ own: [saying({ signature })] })).toBe(notSigned);
    expect(judge({ own: [saying({ signature: Buffer.alloc(0) })] })).toBe(notSigned);
    expect(judge({ own: [saying({ signatureAlgorithm: { id: '1.2.3', parameters: undefined } })] })).toBe(
      notSigned,
    );
    const keyUsage = (...bits: readonly ('cRLSign' | 'keyCertSign')[]) => ({
      chain: [signer, { ...root, keyUsage: new Set(bits) }],
    });
    expect(judge(keyUsage('keyCertSign'))).toBe(notSigned);
    expect(judge(keyUsage('cRLSign'))).toBeNull();
    expect(judge({ chain: [signer, { ...root, keyUsage: null }] })).toBeNull();
  });

  it('can be of nobody where the chain ends before its root', () => {
    expect(judge({ chain: [signer, { ...root, selfSigned: false }] })).toMatch(
      /^chain-no-crl: the chain ends in "Root of ec"/,
    );
  });
});

describe('the lists that come with the signature', () => {
  it('help nobody', () => {
    expect(judge({ delivered: [list] })).toBeNull();
    expect(judge({ delivered: [list], own: [] })).toBe(none);
  });

  it('take trust away, each of them', () => {
    expect(judge({ delivered: [revoking(signer)] })).toBe(revoked);
    const harmful =
      /^chain-no-crl: the signature contains a revocation list of "Root of ec" that is not current/;
    expect(judge({ delivered: [list, saying({ nextUpdate: testNow })] })).toMatch(harmful);
    expect(judge({ delivered: [list, saying({ isPartial: true })] })).toMatch(harmful);
  });

  it('do not matter where they are of others', () => {
    expect(judge({ delivered: [{ ...revoking(signer), issuerName: 'another' }] })).toBeNull();
    expect(judge({ delivered: [saying({ issuerName: 'another', nextUpdate: testNow })] })).toBeNull();
  });
});
