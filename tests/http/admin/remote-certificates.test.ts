import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import http from 'node:http';
import path from 'node:path';
import { json } from 'node:stream/consumers';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import type { CertificateFolder } from '../../../src/ports/certificates';
import { runCommand } from '../../support/cli-harness';
import { mustRun, temporaryFolder } from '../../support/programs';
import { type AdminListener, openAdminListener } from './admin-listener';

const now = () => new Date('2026-11-24T04:00:00Z');

let admin: AdminListener;
let folder: CertificateFolder;
let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  admin = await openAdminListener({ now, admin: { now, serverUrl: 'https://updates.test:8443' } });
  folder = openCertificateFolder(admin.certsDir, { now });
  await folder.createCa({});
  await folder.createServer({ names: ['updates.test'], ips: [] });
});
afterEach(() => admin.close());

const run = (...args: string[]) => runCommand([...args, '--remote', '--server', admin.url], { cwd });

/** A key and a request for it, as a device makes them. */
async function makeRequest(id = 'board-1', form = 'PEM'): Promise<void> {
  const ec = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', 'device.key'];
  const out = ['-outform', form, '-out', 'device.csr'];
  await mustRun('openssl', ['req', '-new', ...ec, '-subj', `/CN=${id}`, ...out], { cwd });
}

/** Listens on loopback. */
async function open(listener: http.Server): Promise<{ port: number; close: () => void }> {
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const address = listener.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return { port: address.port, close: () => listener.close() };
}

const codeOf = (stderr: string) => (JSON.parse(stderr) as { error: { code: string } }).error.code;

describe('cert device --remote', () => {
  it.each(['PEM', 'DER'])(
    'has the server sign a request in %s, and writes the certificate here',
    async (form) => {
      await makeRequest('board-1', form);
      const { code, stdout, stderr } = await run(
        'cert',
        'device',
        'board-1',
        '--csr',
        'device.csr',
        '--days',
        '30',
      );
      expect({ code, stdout }).toEqual({ code: 0, stdout: 'board-1.crt\n' });
      expect(stderr).toContain('board-1: valid until 2026-12-24');
      const ca = path.join(admin.certsDir, 'ca.crt');
      await mustRun('openssl', ['verify', '-CAfile', ca, 'board-1.crt'], { cwd });
      expect((await readdir(cwd)).sort()).toEqual(['board-1.crt', 'device.csr', 'device.key']);
      const key = await mustRun('openssl', ['pkey', '-in', 'device.key', '-pubout'], { cwd });
      const certified = await mustRun('openssl', ['x509', '-in', 'board-1.crt', '-noout', '-pubkey'], {
        cwd,
      });
      expect(certified.stdout).toBe(key.stdout);
    },
  );

  it('prints what the server answers as JSON, and writes where it is told', async () => {
    await makeRequest();
    const args = ['cert', 'device', 'board-1', '--csr', 'device.csr', '--compatible', 'my-board'];
    const { code, stdout } = await run(...args, '--out', 'new/folder', '--json');
    const file = path.join(cwd, 'new/folder/board-1.crt');
    const certificate = await readFile(file, 'utf8');
    expect({ code, answer: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 0,
      answer: { device: 'board-1', certificate, file },
    });
    expect((await folder.readDevice('board-1'))?.certificate.compatibles).toEqual(['my-board']);
  });

  it('takes a request alone, since a key that the server makes stays there', async () => {
    const { code, stderr } = await run('cert', 'device', 'board-1', '--json');
    expect({ code, why: codeOf(stderr) }).toEqual({ code: 2, why: 'configuration' });
    expect(await folder.readDevice('board-1')).toBeNull();
  });

  it('issues nothing where its file exists here', async () => {
    await makeRequest();
    await writeFile(path.join(cwd, 'board-1.crt'), 'mine');
    const args = ['cert', 'device', 'board-1', '--csr', 'device.csr', '--force', '--json'];
    const { code, stderr } = await run(...args);
    expect({ code, why: codeOf(stderr) }).toEqual({ code: 1, why: 'conflict' });
    expect(await readFile(path.join(cwd, 'board-1.crt'), 'utf8')).toBe('mine');
    expect(await folder.readDevice('board-1')).toBeNull();
  });

  it('tells what the server refuses: what is in a file is no wrong usage', async () => {
    await writeFile(path.join(cwd, 'device.csr'), 'no request');
    const args = ['cert', 'device', 'board-1', '--csr', 'device.csr', '--json'];
    const { code, stderr } = await run(...args);
    expect({ code, why: codeOf(stderr) }).toEqual({ code: 1, why: 'invalid-input' });
    await makeRequest();
    await folder.createDevice({ id: 'board-1' });
    expect((await run(...args)).code).toBe(1);
    expect(await readdir(cwd)).not.toContain('board-1.crt');
  });
});

describe('device kit --remote', () => {
  const listed = async () =>
    (await mustRun('tar', ['-tzf', 'device-kit-board-1.tar.gz'], { cwd })).stdout.split('\n');

  it('writes the kit that the server makes, for its owner alone', async () => {
    const { code, stdout, stderr } = await run('device', 'kit', 'board-1');
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'device-kit-board-1.tar.gz\n' });
    expect(stderr).toContain('transfer it as a secret');
    expect(stderr).toContain('tar -xzf device-kit-board-1.tar.gz && device-kit-board-1/install.sh');
    expect((await stat(path.join(cwd, 'device-kit-board-1.tar.gz'))).mode & 0o777).toBe(0o600);
    expect(await listed()).toContain('device-kit-board-1/root/etc/rauc/update/device.key');
    expect(await readdir(cwd)).toEqual(['device-kit-board-1.tar.gz']);
  });

  it('for a request holds no key', async () => {
    await makeRequest();
    const { code, stdout } = await run('device', 'kit', 'board-1', '--csr', 'device.csr', '--json');
    expect({ code, answer: JSON.parse(stdout) as unknown }).toEqual({
      code: 0,
      answer: {
        device: 'board-1',
        kit: path.join(cwd, 'device-kit-board-1.tar.gz'),
        server: admin.url,
      },
    });
    expect((await listed()).join()).not.toContain('device.key');
  });

  it('tells what the server refuses, and writes nothing', async () => {
    const other = ['--server-url', 'https://elsewhere.test:8443', '--json'];
    const { code, stderr } = await run('device', 'kit', 'board-1', ...other);
    expect({ code, why: codeOf(stderr) }).toEqual({ code: 1, why: 'conflict' });
    expect(await readdir(cwd)).toEqual([]);
  });
});

describe('cert list --remote', () => {
  it('lists those that the server knows, devices by name', async () => {
    for (const id of ['board-10', 'board-9']) await folder.createDevice({ id, days: 30 });
    const { code, stdout } = await run('cert', 'list');
    expect(code).toBe(0);
    expect(stdout).toMatch(/ ca +✓ valid .*\nupdates\.test +server +✓ valid .*\nboard-9 .*\nboard-10 /s);
    expect(stdout).toMatch(/^board-9 +device +✓ valid +2026-12-24 +[0-9a-f]+$/m);
  });

  it('has all pages as one', async () => {
    const pages = [
      { devices: [{ serial: 'b1' }], next: 'b1', total: 2 },
      { devices: [{ serial: 'a0' }], next: null, total: 2 },
    ];
    const asked: (string | undefined)[] = [];
    const listener = http.createServer((request, response) => {
      response.end(JSON.stringify(pages[asked.push(request.url) - 1]));
    });
    const { port, close } = await open(listener);
    const args = ['cert', 'list', '--remote', '--server', `http://127.0.0.1:${port}`, '--json'];
    const { stdout } = await runCommand(args, { cwd });
    close();
    expect(asked).toEqual(['/api/certificates?limit=500', '/api/certificates?limit=500&after=b1']);
    expect(JSON.parse(stdout)).toEqual({
      devices: [{ serial: 'b1' }, { serial: 'a0' }],
      next: null,
      total: 2,
    });
  });
});

describe('cert revoke --remote', () => {
  it.each(['PEM', 'DER'])('revokes a certificate by its file, in %s', async (form) => {
    const { written, certificate } = await folder.createDevice({ id: 'board-1' });
    const out = ['-outform', form, '-out', 'board-1.crt'];
    await mustRun('openssl', ['x509', '-in', written[0] ?? '', ...out], { cwd });
    const { code, stdout } = await run('cert', 'revoke', '--file', 'board-1.crt', '--reason', 'stolen');
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${certificate.serial}\n` });
    expect(await folder.revocations()).toMatchObject([{ serial: certificate.serial, reason: 'stolen' }]);
    expect((await run('cert', 'list')).stdout).toMatch(/^board-1 +device +⊘ revoked /m);
  });

  it('revokes a serial that nobody has seen', async () => {
    const { code, stdout } = await run('cert', 'revoke', '--serial', '5f3a9c41', '--json');
    expect({ code, answer: JSON.parse(stdout) as unknown }).toMatchObject({
      code: 0,
      answer: { serial: '5f3a9c41', device: null },
    });
  });

  it('takes no name: what was made for it, only its folder knows', async () => {
    await folder.createDevice({ id: 'board-1' });
    const { code, stderr } = await run('cert', 'revoke', 'board-1', '--json');
    expect({ code, why: codeOf(stderr) }).toEqual({ code: 2, why: 'configuration' });
    expect(await folder.revocations()).toEqual([]);
  });
});

describe('a private key', () => {
  /** A server that is not this machine, as far as its address tells; what it was asked. */
  async function elsewhere(): Promise<{ server: string; asked: unknown[]; close: () => void }> {
    const asked: unknown[] = [];
    const listener = http.createServer((request, response) => {
      void json(request).then((body) => {
        asked.push(body);
        response.writeHead(200, { 'Content-Type': 'application/gzip' }).end('kit');
      });
    });
    const { port, close } = await open(listener);
    return { server: `http://0.0.0.0:${port}`, asked, close };
  }

  it('does not travel where others can read it; a request does', async () => {
    await makeRequest();
    const { server, asked, close } = await elsewhere();
    const kit = (...args: string[]) =>
      runCommand(['device', 'kit', 'board-1', '--remote', '--server', server, '--json', ...args], { cwd });
    const { code, stderr } = await kit();
    expect({ code, why: codeOf(stderr), asked }).toEqual({ code: 2, why: 'configuration', asked: [] });
    expect((await kit('--csr', 'device.csr')).code).toBe(0);
    close();
    expect(asked).toEqual([{ csr: await readFile(path.join(cwd, 'device.csr'), 'utf8') }]);
  });
});

describe('without --remote', () => {
  it.each([
    ['cert', 'device', 'board-1'],
    ['device', 'kit', 'board-1', '--server-url', 'https://updates.test:8443'],
  ])('%s %s works here, whatever RAUC_SERVER says', async (...args) => {
    await runCommand(['cert', 'ca'], { cwd });
    const env = { RAUC_SERVER: 'http://127.0.0.1:1' };
    expect(await runCommand(args, { cwd, env })).toMatchObject({ code: 0 });
    expect(await readdir(path.join(cwd, 'certs/devices'))).toContain('board-1.key');
  });

  it.each([
    ['cert', 'device', 'board-1', '--server', 'http://127.0.0.1:1'],
    ['device', 'kit', 'board-1', '--token', 'x'.repeat(40)],
    ['cert', 'device', 'board-1', '--remote', '--certs-dir', 'certs', '--csr', 'device.csr'],
  ])('no flag is without effect: %s %s %s %s', async (...args) => {
    await makeRequest();
    const { code, stderr } = await runCommand([...args, '--json'], { cwd });
    expect({ code, why: codeOf(stderr) }).toEqual({ code: 2, why: 'configuration' });
    expect(await readdir(cwd)).not.toContain('certs');
  });
});

describe('cert show --remote', () => {
  it('shows certificates by device, by serial in any form, and those of the CA and the server', async () => {
    const { certificate } = await folder.createDevice({ id: 'board-1' });
    await folder.createDevice({ id: 'board-10' });
    const { serial } = certificate;
    await folder.revoke({ which: serial });
    const shown = async (which: string) => {
      const { stdout } = await run('cert', 'show', which, '--json');
      return (JSON.parse(stdout) as { certificates: Record<string, unknown>[] }).certificates;
    };
    const expected = [{ device: 'board-1', role: 'device', serial, has_file: true }];
    expect(await shown('board-1')).toMatchObject(expected);
    const withColons = (serial.padStart(40, '0').match(/../g) ?? []).join(':').toUpperCase(); // as OpenSSL has it
    expect(await shown(withColons)).toMatchObject(expected);
    expect(await shown('ca')).toMatchObject([{ role: 'ca', has_key: true }]);
    const server = (await run('cert', 'show', 'server')).stdout;
    expect(server).toMatch(/^Role +server$/m);
    expect(server).toMatch(/^Names +updates\.test$/m);
    const board = (await run('cert', 'show', 'board-1')).stdout;
    expect(board).toMatch(/^State +⊘ revoked$/m);
    expect(board).toMatch(/^Revoked +2026-/m);
  });

  it('finds nothing else, and no file of this machine', async () => {
    await writeFile(path.join(cwd, 'board-1.crt'), 'here');
    for (const which of ['board', './board-1.crt', 'ff'.repeat(200)]) {
      const { code, stderr } = await run('cert', 'show', which, '--json');
      expect([code, codeOf(stderr)]).toEqual([1, 'not-found']);
    }
  });
});

describe('cert verify --remote', () => {
  it('has the server check its folder, and fails with what is wrong there', async () => {
    await folder.createDevice({ id: 'board-1' });
    expect(await run('cert', 'verify')).toMatchObject({ code: 0 });
    const key = path.join(admin.certsDir, 'devices/board-1.key');
    await writeFile(key, 'no key');
    const { code, stdout } = await run('cert', 'verify');
    expect(code).toBe(1);
    expect(stdout).toMatch(/^SEVERITY +FILE +WHAT +WHAT TO DO$/m);
    expect(stdout).toMatch(/^error .*board-1\.key/m);
    const json = await run('cert', 'verify', '--json');
    expect(JSON.parse(json.stdout)).toMatchObject({
      ok: false,
      findings: expect.arrayContaining([
        expect.objectContaining({ severity: 'error', message: expect.stringContaining(key) as string }),
      ]) as object[],
    });
    expect(json.code).toBe(1);
  });

  it('is for administrators alone', async () => {
    const { secret } = await admin.opened.services.manageTokens.create({
      name: 'ci',
      scope: 'publish',
      actor: 'local',
    });
    const asCi = { Authorization: `Bearer ${secret}` };
    await admin.http.get('/api/certificates').set(asCi).expect(200);
    await admin.http.get('/api/certificates/verification').set(asCi).expect(403);
  });
});

describe('cert revoked --remote', () => {
  it('lists what the server has revoked, newest first', async () => {
    expect(await run('cert', 'revoked')).toMatchObject({ code: 0, stdout: '' });
    await folder.createDevice({ id: 'board-1' });
    await folder.revoke({ which: 'board-1', reason: 'stolen' });
    await folder.revoke({ serial: '5f3a9c41' });
    const { stdout } = await run('cert', 'revoked');
    expect(stdout).toMatch(/^NAME +SERIAL +REVOKED +REASON\n- +5f3a9c41 .*\nboard-1 .* stolen\n$/);
    const json = JSON.parse((await run('cert', 'revoked', '--json')).stdout) as object;
    expect(json).toMatchObject({
      total: 2,
      next: null,
      revocations: [{ serial: '5f3a9c41', device: null }, { device: 'board-1' }],
    });
  });

  it('reads page after page', async () => {
    const asked: (string | undefined)[] = [];
    const pages = [
      { revocations: [{ serial: 'b1' }], next: 'b1', total: 2 },
      { revocations: [{ serial: 'a0' }], next: null, total: 2 },
    ];
    const listener = http.createServer((request, response) => {
      response.end(JSON.stringify(pages[asked.push(request.url) - 1]));
    });
    const { port, close } = await open(listener);
    const args = ['cert', 'revoked', '--remote', '--server', `http://127.0.0.1:${port}`, '--json'];
    const { stdout } = await runCommand(args, { cwd });
    close();
    expect(asked).toEqual(['/api/revocations?limit=1000', '/api/revocations?limit=1000&after=b1']);
    expect(JSON.parse(stdout)).toMatchObject({ revocations: [{ serial: 'b1' }, { serial: 'a0' }] });
  });
});
