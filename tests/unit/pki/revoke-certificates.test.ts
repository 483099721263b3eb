import { appendFile, readdir, readFile, rm, unlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { readRevocations } from '../../../src/pki/revocation-list';
import { folderWithCa } from '../../support/certificate-folder';
import { mustRun, temporaryFolder } from '../../support/programs';
import { refusal } from '../../support/refusal';

describe('revoking a device', () => {
  it('covers every certificate ever made for it: replaced, written elsewhere, and deleted', async () => {
    const { folder, dir, at } = await folderWithCa();
    const made = [
      await folder.createDevice({ id: 'a' }),
      await folder.createDevice({ id: 'a', force: true }),
      await folder.createDevice({ id: 'a', outDir: await temporaryFolder() }),
    ].map(({ certificate }) => certificate.serial);
    await folder.createDevice({ id: 'b' });
    await rm(at('devices', 'a.crt'));
    const revoked = await folder.revoke({ which: 'a', reason: 'stolen' });
    expect(revoked.map(({ serial }) => serial).sort()).toEqual(made.sort());
    expect(await readRevocations(dir)).toEqual(revoked);
    expect(revoked[0]).toMatchObject({ commonName: 'a', reason: 'stolen' });
  });

  it('finds certificates of an earlier server by their files alone, the replaced ones too', async () => {
    const { folder, dir, at } = await folderWithCa();
    const first = await folder.createDevice({ id: 'a' });
    const second = await folder.createDevice({ id: 'a', force: true });
    await unlink(at('issued.jsonl'));
    const revoked = await folder.revoke({ which: 'a' });
    expect(revoked.map(({ serial }) => serial).sort()).toEqual(
      [first.certificate.serial, second.certificate.serial].sort(),
    );
    expect(await readRevocations(dir)).toHaveLength(2);
  });

  it('leaves a certificate that is made afterwards working', async () => {
    const { folder } = await folderWithCa();
    await folder.createDevice({ id: 'a' });
    await folder.revoke({ which: 'a' });
    const { certificate } = await folder.createDevice({ id: 'a', force: true });
    const [listed] = await folder.show('a');
    expect(listed).toMatchObject({ certificate: { serial: certificate.serial }, revokedAt: null });
  });

  it('by serial revokes that certificate alone, in any spelling', async () => {
    const { folder, at } = await folderWithCa();
    const { certificate } = await folder.createDevice({ id: 'a' });
    await folder.createDevice({ id: 'a', force: true });
    const { stdout } = await mustRun('openssl', ['x509', '-noout', '-serial', '-in', at('devices', 'a.crt')]);
    const printed = stdout.trim().replace('serial=', '');
    const colons = `00:${printed.replace(/(..)(?!$)/g, '$1:')}`;
    for (const which of [printed, colons, printed.toLowerCase()]) {
      const revoked = await folder.revoke({ which });
      expect(revoked).toHaveLength(1);
      expect(revoked[0]?.serial).not.toBe(certificate.serial);
    }
  });

  it.each(['a+b', 'a:b@c', '_', '12ab'])('finds the id %s as it is written', async (id) => {
    const { folder } = await folderWithCa();
    const { certificate } = await folder.createDevice({ id });
    expect(certificate.commonName).toBe(id);
    expect(await folder.revoke({ which: id })).toMatchObject([
      { serial: certificate.serial, commonName: id },
    ]);
    expect(await folder.show(id)).toMatchObject([{ certificate: { serial: certificate.serial } }]);
  });

  it('twice changes nothing', async () => {
    let now = new Date('2030-01-01T00:00:00Z');
    const { folder, read } = await folderWithCa(() => now);
    await folder.createDevice({ id: 'a' });
    const first = await folder.revoke({ which: 'a', reason: 'stolen' });
    const file = await read('revoked.json');
    now = new Date('2030-01-02T00:00:00Z');
    expect(await folder.revoke({ which: 'a', reason: 'other' })).toEqual(first);
    expect(await read('revoked.json')).toBe(file);
  });

  it('that nobody knows is not found', async () => {
    const { folder, dir } = await folderWithCa();
    for (const which of ['nobody', '', 'ff', '../a', '0']) {
      await expect(folder.revoke({ which })).rejects.toEqual(refusal('not-found'));
    }
    expect(await readdir(dir)).not.toContain('revoked.json');
  });

  it('never revokes the server or the CA', async () => {
    const { folder } = await folderWithCa();
    const server = await folder.createServer({ names: ['localhost'], ips: [] });
    const [ca] = await folder.show('ca');
    for (const which of ['ca', 'server', server.certificate.serial, ca?.certificate.serial ?? '']) {
      await expect(folder.revoke({ which })).rejects.toEqual(refusal('invalid-input'));
    }
  });

  it('works without the CA key', async () => {
    const { folder, at, dir } = await folderWithCa();
    await folder.createDevice({ id: 'a' });
    await rm(at('ca.key'));
    await folder.revoke({ which: 'a' });
    expect(await readRevocations(dir)).toHaveLength(1);
  });

  it('at the same time as others loses none of them', async () => {
    const { folder, dir } = await folderWithCa();
    const ids = ['a', 'b', 'c', 'd', 'e', 'f'];
    for (const id of ids) await folder.createDevice({ id });
    await Promise.all(ids.map((which) => folder.revoke({ which })));
    const revoked = await readRevocations(dir);
    expect(revoked.map(({ commonName }) => commonName).sort()).toEqual(ids);
  });

  it.each(['x'.repeat(201), 'a\nb'])('refuses the reason %j', async (reason) => {
    const { folder } = await folderWithCa();
    await folder.createDevice({ id: 'a' });
    await expect(folder.revoke({ which: 'a', reason })).rejects.toEqual(refusal('invalid-input'));
  });
});

describe('the list of revoked certificates', () => {
  it.each(['', '{', '[]', '{}', 'null', '{"revoked":[{}]}', '{"revoked":[{"serial":"xyz"}]}'])(
    'is an error as %j, never "nobody"',
    async (text) => {
      const { folder, dir, at } = await folderWithCa();
      await folder.createDevice({ id: 'a' });
      await writeFile(at('revoked.json'), text);
      await expect(readRevocations(dir)).rejects.toEqual(refusal('configuration'));
      await expect(folder.revoke({ which: 'a' })).rejects.toEqual(refusal('configuration'));
      expect(await readFile(at('revoked.json'), 'utf8')).toBe(text);
    },
  );

  it('is an error when it cannot be read', async () => {
    const { dir, at } = await folderWithCa();
    await mustRun('mkdir', [at('revoked.json')]);
    await expect(readRevocations(dir)).rejects.toEqual(refusal('configuration'));
  });

  it('takes serials that a person wrote in another spelling', async () => {
    const { dir, at } = await folderWithCa();
    const line = {
      serial: '00:AB:CD',
      common_name: 'a',
      revoked_at: '2030-01-01T02:00:00+02:00',
      reason: '',
    };
    await writeFile(at('revoked.json'), JSON.stringify({ revoked: [line] }));
    expect(await readRevocations(dir)).toEqual([
      { serial: 'abcd', commonName: 'a', revokedAt: new Date('2030-01-01T00:00:00Z'), reason: '' },
    ]);
  });
});

describe('the log of issued certificates', () => {
  it('goes on after a line that was cut short', async () => {
    const { folder, at, dir } = await folderWithCa();
    await folder.createDevice({ id: 'a' });
    await appendFile(at('issued.jsonl'), '{"serial":"12');
    const { certificate } = await folder.createDevice({ id: 'b', outDir: path.join(dir, '..', 'out') });
    expect(await folder.revoke({ which: 'a' })).toHaveLength(1);
    expect((await folder.revoke({ which: 'b' }))[0]?.serial).toBe(certificate.serial);
    expect(await folder.verify()).toContainEqual(
      expect.objectContaining({ severity: 'warning', path: at('issued.jsonl') }),
    );
  });
});

describe('revoking a certificate that was not made here', () => {
  /** A device certificate of the CA, made on the machine that keeps its key. */
  async function madeElsewhere() {
    const here = await folderWithCa();
    const elsewhere = await temporaryFolder();
    const { certificate } = await here.folder.createDevice({ id: 'far', outDir: elsewhere });
    await unlink(here.at('issued.jsonl'));
    await unlink(here.at('ca.key'));
    return { ...here, certificate, file: path.join(elsewhere, 'far.crt') };
  }

  it('works by its serial, ahead of its first sight', async () => {
    const { folder, dir, certificate } = await madeElsewhere();
    const revoked = await folder.revoke({ serial: certificate.serial, reason: 'stolen' });
    expect(revoked).toMatchObject([{ serial: certificate.serial, commonName: '', reason: 'stolen' }]);
    expect(await readRevocations(dir)).toEqual(revoked);
    expect(await folder.revocations()).toEqual(revoked);
  });

  it.each([
    ['0x00AB', 'ab'],
    ['serial=AB', 'ab'],
    [' 00:ab ', 'ab'],
    ['00', '0'],
    ['f'.repeat(64), 'f'.repeat(64)],
  ])('takes the serial as %j', async (text, serial) => {
    const { folder } = await folderWithCa();
    expect(await folder.revoke({ serial: text })).toMatchObject([{ serial }]);
  });

  it.each(['', 'xyz', '0x', 'far', '-1', 'a'.repeat(65)])('refuses %j as a serial', async (serial) => {
    const { folder, dir } = await folderWithCa();
    await expect(folder.revoke({ serial })).rejects.toEqual(refusal('invalid-input'));
    expect(await readdir(dir)).not.toContain('revoked.json');
  });

  it('notes whose it is when the caller knows, and believes its own log more', async () => {
    const { folder } = await folderWithCa();
    const { certificate } = await folder.createDevice({ id: 'own' });
    const { serial } = certificate;
    expect(await folder.revoke({ serial: 'ab', deviceId: 'far' })).toMatchObject([{ commonName: 'far' }]);
    expect(await folder.revoke({ serial, deviceId: 'far' })).toMatchObject([{ commonName: 'own' }]);
  });

  it('works by its file, as PEM and as DER', async () => {
    const { folder, certificate, file } = await madeElsewhere();
    const { serial } = certificate;
    const pem = await readFile(file);
    const expected = [{ serial, commonName: 'far' }];
    expect(await folder.revoke({ certificate: pem.toString() })).toMatchObject(expected);
    await mustRun('openssl', ['x509', '-in', file, '-outform', 'DER', '-out', `${file}.der`]);
    expect(await folder.revoke({ certificate: await readFile(`${file}.der`) })).toMatchObject(expected);
    expect(await folder.revoke({ certificate: pem })).toMatchObject(expected);
  });

  it('refuses a file that is none, and those of the CA and the server', async () => {
    const { folder, read } = await folderWithCa();
    await folder.createServer({ names: ['localhost'], ips: [] });
    const other = await folderWithCa();
    for (const certificate of [
      'no certificate',
      '',
      await read('ca.crt'),
      await read('server.crt'),
      await other.read('ca.crt'),
    ]) {
      await expect(folder.revoke({ certificate })).rejects.toEqual(refusal('invalid-input'));
    }
  });

  it('refuses the serial of the CA and of the server', async () => {
    const { folder } = await folderWithCa();
    const { certificate: server } = await folder.createServer({ names: ['localhost'], ips: [] });
    const [ca] = await folder.show('ca');
    for (const serial of [server.serial, ca?.certificate.serial ?? '']) {
      await expect(folder.revoke({ serial })).rejects.toEqual(refusal('invalid-input'));
    }
  });
});
