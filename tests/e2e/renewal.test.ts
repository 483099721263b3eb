import { chmod, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { deviceFiles } from '../support/device-listener';
import { eventually } from '../support/eventually';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';

describe('while the server runs', () => {
  let folder: string;
  let server: ServerProcess;
  const certs = (...names: string[]) => path.join(folder, 'certs', ...names);

  async function make(...args: string[]): Promise<void> {
    expect(await cli(folder, 'cert', ...args)).toMatchObject({ code: 0 });
  }

  /** The serial of the certificate that the server shows to who connects now. */
  async function shownSerial(): Promise<string> {
    const { host } = new URL(server.deviceUrl);
    const { stdout } = await run('openssl', ['s_client', '-connect', host.replace('localhost', '127.0.0.1')]);
    const { stdout: serial } = await mustRun('openssl', ['x509', '-noout', '-serial'], { input: stdout });
    return serial.trim();
  }

  async function serialOf(name: string): Promise<string> {
    return (await mustRun('openssl', ['x509', '-noout', '-serial', '-in', certs(name)])).stdout.trim();
  }

  /** Whether a device of ours gets an answer, under a CA that it trusts. */
  async function isLetIn(id: string, ca = certs('ca.crt')): Promise<boolean> {
    const { cert, key } = deviceFiles(certs(), id);
    const tls = ['--cacert', ca, '--cert', cert, '--key', key];
    // Who is refused gets a 403, or no connection.
    const asked = ['-sS', '--fail', '--max-time', '60', ...tls, `${server.deviceUrl}/health`];
    return (await run('curl', asked)).code === 0;
  }

  beforeEach(async () => {
    folder = await temporaryFolder();
    server = await startServer({ folder });
    await make('device', 'board-1');
  });

  afterEach(async () => {
    expect(await server.stop()).toBe(0);
  });

  it('a new server certificate is shown, without a restart', async () => {
    expect(await shownSerial()).toBe(await serialOf('server.crt'));
    await make('server', '--name', 'localhost', '--name', 'updates.example.com', '--force');
    const renewed = await serialOf('server.crt');
    await eventually(async () => (await shownSerial()) === renewed);
    expect(await isLetIn('board-1')).toBe(true);
  });

  it.each([
    ['a certificate that is none', () => writeFile(certs('server.crt'), 'nothing of use\n')],
    [
      'a key of another certificate',
      () => mustRun('cp', [certs('devices', 'board-1.key'), certs('server.key')]),
    ],
    ['a device certificate', () => mustRun('cp', [certs('devices', 'board-1.crt'), certs('server.crt')])],
    ['a CA file that is none', () => writeFile(certs('ca.crt'), '-----BEGIN CERTIFICATE-----\n')],
  ])('%s is reported, and the old files stay in use', async (_what, spoil) => {
    const before = await serialOf('server.crt');
    const ca = path.join(folder, 'ca-of-devices.crt');
    await mustRun('cp', [certs('ca.crt'), ca]);
    await spoil();
    await eventually(() => /the old ones stay in use/.test(server.output.stderr));
    expect(server.output.stderr).not.toContain('PRIVATE KEY');
    expect(await shownSerial()).toBe(before);
    expect(await isLetIn('board-1', ca)).toBe(true);
  });

  it('a CA beside the old one lets its devices in, too; the old one leaves and so do its devices', async () => {
    const oldCa = await readFile(certs('ca.crt'), 'utf8');
    await make('ca', '--force');
    const newCa = await readFile(certs('ca.crt'), 'utf8');
    await writeFile(certs('ca.crt'), newCa + oldCa);
    await make('server', '--name', 'localhost', '--force');
    await make('device', 'board-2');
    await eventually(async () => (await isLetIn('board-2')) && (await isLetIn('board-1')));
    await writeFile(certs('ca.crt'), newCa);
    await eventually(async () => !(await isLetIn('board-1')));
    expect(await isLetIn('board-2')).toBe(true);
  });

  it('a certificate is issued over HTTP, lets its device in, and is revoked over HTTP', async () => {
    const post = async (at: string, body: object = {}) => {
      const answer = await fetch(new URL(at, server.adminUrl), {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify(body),
      });
      return { status: answer.status, body: (await answer.json()) as { serial: string } };
    };
    const issued = await post('/api/certificates', { id: 'board-9' });
    expect(issued.status).toBe(201);
    expect(await isLetIn('board-9')).toBe(true);
    const revoked = await post(`/api/certificates/${issued.body.serial}/revoke`, { reason: 'stolen' });
    expect(revoked.status).toBe(200);
    await eventually(async () => !(await isLetIn('board-9')));
    expect(await isLetIn('board-1')).toBe(true);
  });

  it('the key of the CA may leave the machine', async () => {
    await mustRun('rm', [certs('ca.key')]);
    await chmod(certs('ca.crt'), 0o600);
    await make('revoke', 'board-1');
    await eventually(async () => !(await isLetIn('board-1')));
  });
});
