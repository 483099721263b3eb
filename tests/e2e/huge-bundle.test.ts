import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { deviceFiles } from '../support/device-listener';
import { makeHugeBundle } from '../support/huge-bundle';
import { mustRun, raucSid, run, temporaryFolder } from '../support/programs';
import { cli, type ServerProcess, startServer } from '../support/server-process';
import { bundleSigner } from '../support/test-pki';

/** The most memory that a process ever had. */
async function peakBytes({ process: { pid } }: ServerProcess): Promise<number> {
  const status = await readFile(`/proc/${pid ?? 0}/status`, 'utf8');
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
}

describe('a bundle of more than 4 GiB', () => {
  const gib = 2 ** 30;

  it('is uploaded, verified and served in little memory', async () => {
    const signer = await bundleSigner();
    const file = await makeHugeBundle(4 * gib + 300 * 4096, signer);
    await mustRun(raucSid, ['info', `--keyring=${signer.caPath}`, file]);
    const folder = await temporaryFolder();
    const server = await startServer({ folder, env: { BUNDLE_KEYRING: signer.caPath } });
    expect((await cli(folder, 'cert', 'device', 'board-1')).code).toBe(0);
    const before = await peakBytes(server);

    const upload = await cli(folder, 'bundle', 'upload', file, '--json', '--server', server.adminUrl);
    expect(JSON.parse(upload.stdout)).toMatchObject({ created: true, bundle: { verdict: 'trusted' } });

    const { ca, cert, key } = deviceFiles(path.join(folder, 'certs'), 'board-1');
    const tls = ['--cacert', ca, '--cert', cert, '--key', key];
    const url = `${server.deviceUrl}/bundles/huge.raucb`;
    const { stdout } = await run('curl', [
      '-sS',
      ...tls,
      '-o',
      '/dev/null',
      '-w',
      '%{http_code} %{size_download}',
      url,
    ]);
    const { size } = (JSON.parse(upload.stdout) as { bundle: { size: number } }).bundle;
    expect(stdout).toBe(`200 ${size}`);
    expect((await peakBytes(server)) - before).toBeLessThan(128 << 20);
    expect(await server.stop()).toBe(0);
  }, 600_000);
});
