import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createDescribeRefused } from '../../../src/pki/describe-refused';
import { temporaryFolder } from '../../support/programs';
import { issue } from '../../support/test-pki';

let folder: string;
let describeRefused: ReturnType<typeof createDescribeRefused>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const extensions = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign'];
  for (const name of ['ca', 'false-ca'])
    await issue(folder, { name, subject: '/CN=Acme devices', extensions });
  describeRefused = createDescribeRefused(await readFile(path.join(folder, 'ca.crt'), 'utf8'));
});

async function made(what: Partial<Parameters<typeof issue>[1]>): Promise<X509Certificate> {
  await issue(folder, { name: 'made', issuer: 'ca', subject: '/CN=board-1', extensions: [], ...what });
  return new X509Certificate(await readFile(path.join(folder, 'made.crt')));
}

it('names the device of a certificate that a CA of ours signed', async () => {
  const x509 = await made({});
  expect(describeRefused(x509)).toEqual({
    subject: 'CN=board-1',
    issuer: 'CN=Acme devices',
    serial: x509.serialNumber.toLowerCase().replace(/^0+/, ''),
    deviceId: 'board-1',
    isOurs: true,
  });
});

it('names none where a CA of the same name with another key signed', async () => {
  expect(describeRefused(await made({ issuer: 'false-ca' }))).toMatchObject({
    ...{ subject: 'CN=board-1', issuer: 'CN=Acme devices', deviceId: null, isOurs: false },
  });
});

it('names none where ours has two common names', async () => {
  expect(describeRefused(await made({ subject: '/CN=a/CN=b' }))).toMatchObject({
    deviceId: null,
    isOurs: true,
  });
});

it('cuts a long name', async () => {
  const subject = Array.from({ length: 9 }, () => `/O=${'x'.repeat(60)}`).join('');
  expect(describeRefused(await made({ subject })).subject).toMatch(/^(O=x{60}, ){3}O=x+…$/);
});

it('reads no certificate of many kilobytes', async () => {
  const names = Array.from({ length: 300 }, (_, n) => `DNS:${'a'.repeat(30)}-${n}`).join(',');
  expect(describeRefused(await made({ extensions: [`subjectAltName=${names}`] }))).toEqual({
    ...{ subject: '', issuer: '', serial: '', deviceId: null, isOurs: false },
  });
});
