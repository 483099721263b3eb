import { readFile } from 'node:fs/promises';
import { parseKeyring } from '../../../src/rauc/keyring';
import { bundleSigner, revocationList } from '../../support/test-pki';

let certificate: string;
let list: string;

beforeAll(async () => {
  const signer = await bundleSigner();
  certificate = await readFile(signer.caPath, 'utf8');
  list = await revocationList(signer, 'root');
});

const refused = (message: RegExp) =>
  expect.objectContaining({
    code: 'configuration',
    message: expect.stringMatching(message) as string,
  }) as Error;
const relabelled = (pem: string, label: string) => pem.replace(/CERTIFICATE/g, label);

describe('a keyring', () => {
  it('has certificates and revocation lists, with text around them', () => {
    const { certificates, revocationLists } = parseKeyring(`# of the fleet\n${list}\n${certificate}end\n`);
    expect(certificates.map(({ commonNames }) => commonNames)).toEqual([['Root of ec']]);
    expect(revocationLists.map(({ issuerName }) => issuerName)).toEqual([certificates[0]?.subjectName]);
  });

  it('has them in the order in which they stand, under either label', () => {
    const { certificates } = parseKeyring(certificate + relabelled(certificate, 'X509 CERTIFICATE'));
    expect(certificates).toHaveLength(2);
  });

  it('is refused without a certificate, and says what to do', () => {
    for (const pem of ['', list, relabelled(certificate, 'TRUSTED CERTIFICATE')]) {
      expect(() => parseKeyring(pem)).toThrow(refused(/^the keyring has no certificate$/));
      expect(() => parseKeyring(pem)).toThrow(
        expect.objectContaining({ remedy: expect.stringContaining('BUNDLE_KEYRING') as string }) as Error,
      );
    }
  });

  it('is refused with one that cannot be read', () => {
    const broken = (label: string) => `-----BEGIN ${label}-----\nAAAA\n-----END ${label}-----\n`;
    expect(() => parseKeyring(certificate + broken('CERTIFICATE'))).toThrow(
      refused(/^a certificate in the keyring cannot be read$/),
    );
    expect(() => parseKeyring(certificate + broken('X509 CRL'))).toThrow(
      refused(/^a revocation list in the keyring cannot be read$/),
    );
  });

  it('ends a block with its own label', () => {
    const mixed = certificate.replace('END CERTIFICATE', 'END X509 CERTIFICATE');
    expect(() => parseKeyring(mixed)).toThrow(refused(/no certificate/));
  });
});
