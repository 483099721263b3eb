import { appendFile, readFile, writeFile } from 'node:fs/promises';
import { defaultDays, planValidity } from '../../../src/pki/validity';
import { emptyFolder, folderWithCa } from '../../support/certificate-folder';
import { run } from '../../support/programs';
import { refusal } from '../../support/refusal';

const at1970 = '1970-01-01T00:00:00.000Z';
const dayMs = 86_400_000;

describe('what is made here', () => {
  it.each(['ec', 'rsa'] as const)('begins at 1970, be it the CA, a server or a device (%s)', async (key) => {
    const now = new Date('2030-01-01T00:00:00Z');
    const { folder, at } = await emptyFolder(() => now);
    const ca = await folder.createCa({ key });
    const server = await folder.createServer({ names: ['updates.example.com'], ips: [], key });
    const device = await folder.createDevice({ id: 'a', key });
    for (const [{ certificate }, days] of [
      [ca, defaultDays.ca],
      [server, defaultDays.server],
      [device, defaultDays.device],
    ] as const) {
      expect(certificate.notBefore.toISOString()).toBe(at1970);
      expect(certificate.notAfter).toEqual(new Date(now.getTime() + days * dayMs)); // counted from now
    }
    const { stdout } = await run('openssl', ['x509', '-in', at('server.crt'), '-noout', '-startdate']);
    expect(stdout.trim()).toBe('notBefore=Jan  1 00:00:00 1970 GMT');
  });

  it('is taken by OpenSSL at 1970, today and in 2050, and a certificate of today is not', async () => {
    const { folder, at } = await emptyFolder(() => new Date('2030-01-01T00:00:00Z'));
    await folder.createCa({ days: 36_500 });
    await folder.createServer({ names: ['updates.example.com'], ips: [], days: 9_000 });
    const verify = async (file: string, clock: string) => {
      const seconds = String(new Date(clock).getTime() / 1000);
      const options = ['-x509_strict', '-purpose', 'sslserver', '-verify_hostname', 'updates.example.com'];
      const trust = ['-CAfile', at('ca.crt'), '-attime', seconds];
      return (await run('openssl', ['verify', ...options, ...trust, file])).code === 0;
    };
    for (const clock of [
      '1970-01-01T00:00:00Z',
      '1970-01-01T00:05:00Z',
      '2030-01-02T00:00:00Z',
      '2050-06-01T00:00:00Z',
    ]) {
      expect([clock, await verify(at('server.crt'), clock)]).toEqual([clock, true]);
    }
    expect(await verify(at('server.crt'), '2060-01-01T00:00:00Z')).toBe(false);
  });

  it('is written in the form that RFC 5280 asks for: UTCTime before 2050, GeneralizedTime from then on', async () => {
    const { folder, at } = await emptyFolder(() => new Date('2049-12-31T00:00:00Z'));
    await folder.createCa({});
    const timesOf = async () => {
      const { stdout } = await run('openssl', ['asn1parse', '-in', at('ca.crt')]);
      return [...stdout.matchAll(/(UTCTIME|GENERALIZEDTIME) +:(\S+)/g)].map(
        ([, kind, text]) => `${kind} ${text}`,
      );
    };
    expect(await timesOf()).toEqual(['UTCTIME 700101000000Z', 'GENERALIZEDTIME 20591229000000Z']);
    await folder.createCa({ force: true, days: 1 });
    expect(await timesOf()).toEqual(['UTCTIME 700101000000Z', 'GENERALIZEDTIME 20500101000000Z']);
  });

  it('begins with its CA where that one begins later', () => {
    const issuer = {
      notBefore: new Date('2025-05-01T00:00:00Z'),
      notAfter: new Date('2040-01-01T00:00:00Z'),
    };
    const days = { asked: undefined, byDefault: 10 };
    const terms = { issuer, lastIssuedAt: undefined };
    expect(planValidity(new Date('2030-01-01T00:00:00Z'), days, terms).notBefore).toEqual(issuer.notBefore);
  });
});

describe("the issuer's own clock", () => {
  const lastLine = '2030-06-01T12:00:00Z';

  it.each([
    ['stands at 1970', '1970-01-01T00:10:00Z', false],
    ['is before 2024', '2023-12-31T23:59:59Z', false],
    ['is a day before the last line of the log', '2030-05-31T12:00:00Z', false],
    ['is ten minutes before it', '2030-06-01T11:50:00Z', false],
    ['is a little before it, as on a second machine', '2030-06-01T11:59:00Z', true],
    ['is right', '2030-06-01T12:00:01Z', true],
  ])('%s', async (_, clock, isGood) => {
    let now = new Date(lastLine);
    const { folder, dir } = await folderWithCa(() => now);
    await appendFile(`${dir}/issued.jsonl`, '{"serial":"5f3a","torn'); // where a process was killed
    now = new Date(clock);
    for (const issue of [
      () => folder.createDevice({ id: 'a' }),
      () => folder.createServer({ names: ['localhost'], ips: [] }),
      () => folder.createCa({ force: true }),
    ]) {
      if (isGood) await issue();
      else await expect(issue()).rejects.toEqual(refusal('configuration'));
    }
  });

  it('is right again once a line that a wrong clock wrote is corrected', async () => {
    let now = new Date('2033-01-01T00:00:00Z');
    const { folder, dir } = await folderWithCa(() => now);
    now = new Date('2030-01-01T00:00:00Z');
    await expect(folder.createDevice({ id: 'a' })).rejects.toEqual(refusal('configuration'));
    const log = await readFile(`${dir}/issued.jsonl`, 'utf8');
    await writeFile(`${dir}/issued.jsonl`, log.replace(/"issued_at":"2033/, '"issued_at":"2029'));
    await folder.createDevice({ id: 'a' });
  });

  it('counts from the end of a log of thousands of lines, and needs none', async () => {
    let now = new Date(lastLine);
    const { folder, dir, read } = await folderWithCa(() => now);
    const line = (await read('issued.jsonl')).replace(/"issued_at":"2030/, '"issued_at":"2029');
    await appendFile(`${dir}/issued.jsonl`, line.repeat(5_000));
    now = new Date('2029-07-01T00:00:00Z');
    await folder.createDevice({ id: 'a' });
    await writeFile(`${dir}/issued.jsonl`, '');
    await folder.createDevice({ id: 'b' });
  });
});
