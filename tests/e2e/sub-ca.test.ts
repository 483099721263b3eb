import { copyFile, mkdir, readdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { originalCertificate, originalFolder } from '../support/original-certificate';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { cli, startServer, type ServerProcess } from '../support/server-process';
import { issue } from '../support/test-pki';

const caSays = ['basicConstraints=critical,CA:TRUE', 'keyUsage=critical,keyCertSign,cRLSign'];
const deviceSays = ['basicConstraints=critical,CA:FALSE', 'extendedKeyUsage=clientAuth'];

/** What curl gets from `/health` with a certificate; an empty text when it was refused. */
async function ask({ deviceUrl }: ServerProcess, ca: string, cert: string, key: string): Promise<string> {
  const tls = ['--cacert', ca, '--cert', cert, '--key', key];
  return (await run('curl', ['-sS', '--max-time', '60', ...tls, `${deviceUrl}/health`])).stdout;
}

describe('a company that gives the server one CA below its root', () => {
  it('imports that alone, issues with it, and lets in its devices and nobody else', async () => {
    const company = await temporaryFolder();
    const at = (name: string) => path.join(company, name);
    await issue(company, { name: 'root', subject: '/CN=Root', extensions: caSays });
    for (const name of ['devices', 'others'])
      await issue(company, { name, subject: `/CN=${name}`, extensions: caSays, issuer: 'root' });
    for (const name of ['devices', 'others']) {
      const board = { name: `${name}-1`, subject: `/CN=${name}-1`, extensions: deviceSays, issuer: name };
      await issue(company, board);
    }
    await mustRun('sh', ['-c', 'cat others-1.crt others.crt root.crt > others-chain.pem'], { cwd: company });
    await mustRun('openssl', [
      'pkey',
      '-aes128',
      '-passout',
      'pass:x',
      '-in',
      at('devices.key'),
      '-out',
      at('locked.key'),
    ]);

    const folder = await temporaryFolder();
    for (const name of ['devices.crt', 'locked.key']) await copyFile(at(name), path.join(folder, name));
    const importing = ['cert', 'ca', '--import', 'devices.crt', '--import-key'];
    const locked = await cli(folder, ...importing, 'locked.key');
    expect(locked.code).toBe(1);
    expect(await readdir(folder)).not.toContain('certs');
    const [command = ''] = /openssl pkey .*/.exec(locked.stderr) ?? [];
    await mustRun('sh', ['-c', `${command} -passin pass:x`], { cwd: folder });
    expect(await cli(folder, ...importing, 'locked.key.decrypted')).toMatchObject({ code: 0 });
    expect(await cli(folder, 'cert', 'device', 'made-1')).toMatchObject({ code: 0 });

    const server = await startServer({ folder });
    const ca = path.join(folder, 'certs', 'ca.crt');
    const made = path.join(folder, 'certs', 'devices', 'made-1');
    expect(await ask(server, ca, `${made}.crt`, `${made}.key`)).toContain('ok');
    expect(await ask(server, ca, at('devices-1.crt'), at('devices-1.key'))).toContain('ok');
    expect(await ask(server, at('root.crt'), at('devices-1.crt'), at('devices-1.key'))).toContain('ok');
    expect(await ask(server, ca, at('others-chain.pem'), at('others-1.key'))).toBe('');
    expect(await cli(folder, 'cert', 'verify')).toMatchObject({ code: 0 });
    expect(await server.stop()).toBe(0);
  });
});

describe("the original's certs/", () => {
  async function takenOver(): Promise<{
    readonly folder: string;
    readonly ca: string;
    readonly board: string;
  }> {
    const folder = await temporaryFolder();
    const certs = path.join(folder, 'certs');
    await mkdir(certs);
    const original = await originalFolder();
    for (const name of await readdir(original))
      await copyFile(path.join(original, name), path.join(certs, name));
    const files = await originalCertificate(certs, 'old-1');
    await copyFile(files.cert, path.join(folder, 'old-1.crt'));
    await copyFile(files.key, path.join(folder, 'old-1.key'));
    return { folder, ca: path.join(certs, 'ca.crt'), board: path.join(folder, 'old-1') };
  }

  it('still let in the X.509 v1 certificates made with them, and say how to renew those', async () => {
    const { folder, ca, board } = await takenOver();
    const server = await startServer({ folder });
    expect(await ask(server, ca, `${board}.crt`, `${board}.key`)).toContain('ok');
    const { stdout } = await cli(folder, 'attention', 'list', '--json', '--server', server.adminUrl);
    const { attention } = JSON.parse(stdout) as { attention: { kind: string; message: string }[] };
    const [item] = attention.filter(({ kind }) => kind === 'old-certificate');
    expect(item?.message).toContain('old-1');
    expect(item?.message).toContain('cert device');
    await server.stop();
  });

  it('let in none of them with OLD_CERTIFICATES=refuse, but those that were renewed', async () => {
    const { folder, ca, board } = await takenOver();
    expect(await cli(folder, 'cert', 'device', 'old-1')).toMatchObject({ code: 0 });
    const server = await startServer({ folder, env: { OLD_CERTIFICATES: 'refuse' } });
    const refused = JSON.parse(await ask(server, ca, `${board}.crt`, `${board}.key`)) as unknown;
    expect(refused).toMatchObject({ status: 403, cause: 'old-certificate' });
    const renewed = path.join(folder, 'certs', 'devices', 'old-1');
    expect(await readFile(`${renewed}.crt`, 'utf8')).toContain('BEGIN CERTIFICATE');
    expect(await ask(server, ca, `${renewed}.crt`, `${renewed}.key`)).toContain('ok');
    await server.stop();
  });
});
