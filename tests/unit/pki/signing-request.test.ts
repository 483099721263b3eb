import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import fc from 'fast-check';
import { readSigningRequest } from '../../../src/pki/signing-request';
import { DomainError } from '../../../src/core/errors';
import { childAt, decodeDer, encodeDer } from '../../support/ber';
import { folderWithCa } from '../../support/certificate-folder';
import { rsaKeyInfo } from '../../support/hostile-cms';
import { mustRun, run, temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';
import { ecdsaWithSha256, hex, nameOf, sequence } from '../../support/x509-bytes';

/** A request from openssl, in PEM. */
async function makeRequest(...args: string[]): Promise<string> {
  const folder = await temporaryFolder();
  const file = (name: string) => path.join(folder, name);
  await mustRun('openssl', ['req', '-new', '-nodes', '-keyout', file('key'), '-out', file('csr'), ...args]);
  return readFile(file('csr'), 'utf8');
}

const ec = (curve: string) => ['-newkey', 'ec', '-pkeyopt', `ec_paramgen_curve:${curve}`];

describe('a certificate request', () => {
  it.each([
    ['P-256', ec('P-256'), 'EC P-256'],
    ['P-384', [...ec('P-384'), '-sha384'], 'EC P-384'],
    ['P-521', [...ec('P-521'), '-sha512'], 'EC P-521'],
    ['RSA 2048', ['-newkey', 'rsa:2048'], 'RSA 2048'],
    ['Ed25519', ['-newkey', 'ed25519'], 'Ed25519'],
  ])('with a key on %s is signed, and only its key is taken', async (_, key, keyAlgorithm) => {
    const { folder, at } = await folderWithCa();
    const csrPem = await makeRequest(
      ...key,
      ...['-subj', '/CN=board-1/O=Evil'],
      ...[
        '-addext',
        'basicConstraints=critical,CA:TRUE',
        '-addext',
        'subjectAltName=DNS:updates.example.com',
      ],
    );
    const { certificate, written } = await folder.createDevice({ id: 'board-1', csrPem });
    expect(certificate).toMatchObject({
      role: 'device',
      subject: 'CN=board-1',
      names: ['board-1'],
      keyAlgorithm,
    });
    expect(written).toEqual([at('devices', 'board-1.crt')]);
    expect(await readdir(at('devices'))).toEqual(['board-1.crt']);
    const file = at('devices', 'board-1.crt');
    expect(
      (await run('openssl', ['verify', '-purpose', 'sslclient', '-CAfile', at('ca.crt'), file])).code,
    ).toBe(0);
    const keyOf = async (program: string, input: string) =>
      (await mustRun('openssl', [program, '-noout', '-pubkey'], { input })).stdout;
    expect(await keyOf('x509', await readFile(file, 'utf8'))).toBe(await keyOf('req', csrPem));
  });

  it('may be DER, name nobody, or have the old PEM label', async () => {
    const pem = await makeRequest(...ec('P-256'), '-subj', '/O=Nobody');
    const der = Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64');
    expect(readSigningRequest(der).commonName).toBeNull();
    expect(readSigningRequest(pem).commonName).toBeNull();
    const old = pem.replaceAll('CERTIFICATE REQUEST', 'NEW CERTIFICATE REQUEST');
    expect(readSigningRequest(`junk above\n${old}`).commonName).toBeNull();
  });

  it('for another device is refused', async () => {
    const { folder, at } = await folderWithCa();
    const csrPem = await makeRequest(...ec('P-256'), '-subj', '/CN=board-2');
    await expect(folder.createDevice({ id: 'board-1', csrPem })).rejects.toEqual(
      refusal('certificate-refused'),
    );
    const two = await makeRequest(...ec('P-256'), '-subj', '/CN=board-1/CN=board-1');
    await expect(folder.createDevice({ id: 'board-1', csrPem: two })).rejects.toEqual(
      refusal('certificate-refused'),
    );
    await expect(readdir(at('devices'))).rejects.toMatchObject({ code: 'ENOENT' });
  });

  it.each([
    ['an RSA key of 1024 bits', ['-newkey', 'rsa:1024']],
    ['an RSA key with the exponent 3', ['-newkey', 'rsa:2048', '-pkeyopt', 'rsa_keygen_pubexp:3']],
    ['a key on another curve', ec('secp256k1')],
    ['a curve written out', [...ec('P-256'), '-pkeyopt', 'ec_param_enc:explicit']],
    ['an Ed448 key', ['-newkey', 'ed448']],
    ['SHA-1', ['-newkey', 'rsa:2048', '-sha1']],
    ['SHA-1 under ECDSA', [...ec('P-256'), '-sha1']],
    ['MD5', ['-newkey', 'rsa:2048', '-md5']],
  ])('with %s is refused', async (_, args) => {
    const csr = await makeRequest(...args, '-subj', '/CN=board-1');
    expect(() => readSigningRequest(csr)).toThrow(refusal('certificate-refused'));
  });

  it('with an RSA key that takes long to compute with is refused before anybody does', () => {
    const signature = hex('03 02 00 00');
    const of = (key: Buffer) =>
      sequence(sequence(hex('02 01 00'), nameOf('board-1'), key), ecdsaWithSha256, signature);
    const before = process.cpuUsage();
    for (const key of [rsaKeyInfo(8_192, 8 * 55_000), rsaKeyInfo(400_000, 17), rsaKeyInfo(8_192, 65)])
      expect(() => readSigningRequest(of(key))).toThrow(refusal('certificate-refused'));
    const { user, system } = process.cpuUsage(before);
    expect((user + system) / 1000).toBeLessThan(200);
  });

  it('is refused as malformed with a field too many, or one too few', async () => {
    const pem = await makeRequest(...ec('P-256'), '-subj', '/CN=board-1');
    const whole = decodeDer(Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64'));
    const info = childAt(whole, 0);
    const [inner, outer] = [info.children, whole.children];
    const isRefused = () =>
      expect(() => readSigningRequest(encodeDer(whole))).toThrow(
        expect.objectContaining({
          code: 'invalid-input',
          message: expect.stringMatching(/malformed: /) as string,
        }) as Error,
      );
    info.children = [...inner, hex('05 00')];
    isRefused();
    info.children = inner.slice(1);
    isRefused();
    info.children = inner;
    whole.children = [...outer, hex('05 00')];
    isRefused();
    whole.children = outer.slice(0, 2);
    isRefused();
    whole.children = outer;
    expect(readSigningRequest(encodeDer(whole)).commonName).toBe('board-1');
  });

  it('that was changed after it was signed is refused, whatever byte it was', async () => {
    const pem = await makeRequest(...ec('P-256'), '-subj', '/CN=board-1');
    const der = Buffer.from(pem.replace(/-----.*-----|\s/g, ''), 'base64');
    for (let at = 0; at < der.length; at++) {
      const changed = Buffer.from(der);
      changed[at] = (changed[at] ?? 0) ^ 0x01;
      // One bit can't make another valid signature, so each of them ends as an expected refusal.
      expect(() => readSigningRequest(changed)).toThrow(DomainError);
    }
    for (let length = 0; length < der.length; length += 7) {
      expect(() => readSigningRequest(der.subarray(0, length))).toThrow(DomainError);
    }
    expect(() => readSigningRequest(Buffer.concat([der, Buffer.of(0)]))).toThrow(refusal('invalid-input'));
  });

  it('that is random bytes is refused in an expected way', () => {
    const sequenceTag = 0x30;
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
        expect(() => readSigningRequest(Buffer.from([sequenceTag, ...bytes]))).toThrow(DomainError);
        expect(() => readSigningRequest(bytes)).toThrow(DomainError);
      }),
      { numRuns: 300 },
    );
  });

  it('that is huge, empty, a certificate or two requests is refused', async () => {
    const { read } = await folderWithCa();
    const pem = await makeRequest(...ec('P-256'), '-subj', '/CN=board-1');
    for (const source of ['', 'x'.repeat(65 * 1024), pem + pem, await read('ca.crt')]) {
      expect(() => readSigningRequest(source)).toThrow(refusal('invalid-input'));
    }
  });

  it('replaces a certificate by force and moves the key away that it made useless', async () => {
    const { folder, at, read } = await folderWithCa();
    await folder.createDevice({ id: 'board-1' });
    const key = await read('devices', 'board-1.key');
    const csrPem = await makeRequest(...ec('P-256'), '-subj', '/CN=board-1');
    await expect(folder.createDevice({ id: 'board-1', csrPem })).rejects.toEqual(refusal('conflict'));
    const { kept } = await folder.createDevice({ id: 'board-1', csrPem, force: true });
    expect(await readdir(at('devices'))).not.toContain('board-1.key');
    expect(await readFile(kept[1] ?? '', 'utf8')).toBe(key);
    expect((await folder.verify()).filter(({ severity }) => severity === 'error')).toEqual([]);
  });

  it('is refused while a key of the same name lies there', async () => {
    const { folder, at, read } = await folderWithCa();
    await folder.createDevice({ id: 'other' });
    await writeFile(at('devices', 'board-1.key'), await read('devices', 'other.key'));
    const csrPem = await makeRequest(...ec('P-256'), '-subj', '/CN=board-1');
    await expect(folder.createDevice({ id: 'board-1', csrPem })).rejects.toEqual(refusal('conflict'));
  });
});
