import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { mustRun, run, temporaryFolder } from '../support/programs';
import { cli, entryPoint, type ServerProcess, startServer } from '../support/server-process';

interface Overview {
  attention: { kind: string; message: string }[];
}

/** The five lines of the README's section; those of systemd are done by the test. */
async function drill(): Promise<{ backup: string; restore: string }> {
  const readme = await readFile(path.resolve(__dirname, '../../README.md'), 'utf8');
  const section = /### Backup and restore\n(.*?)\n### /s.exec(readme)?.[1] ?? '';
  const lines = (/```sh\n(.*?)```/s.exec(section)?.[1] ?? '').trim().split('\n');
  expect(lines).toHaveLength(5);
  const lineOf = (command: string) =>
    lines.find((line) => line.startsWith(`rauc-simple-server ${command} `)) ?? '';
  return { backup: lineOf('backup'), restore: lineOf('restore') };
}

describe('the restore drill of the README', () => {
  let folder: string;
  let server: ServerProcess;
  let keyring: string;

  const start = async () => {
    server = await startServer({ folder, env: { BUNDLE_KEYRING: keyring } });
  };
  const ask = async (...args: string[]): Promise<unknown> => {
    const { stdout } = await mustRun('curl', [
      '-sS',
      '--fail-with-body',
      '-H',
      'Accept: application/json',
      ...args,
    ]);
    return JSON.parse(stdout);
  };
  /** What a real curl is told as board-1: a bundle's name, or nothing. */
  const told = async () => {
    const of = (name: string) => path.join(folder, 'certs', name);
    const tls = [
      '--cacert',
      of('ca.crt'),
      '--cert',
      of('devices/board-1.crt'),
      '--key',
      of('devices/board-1.key'),
    ];
    const url = `${server.deviceUrl}/api/v1/manifest.json?compatible=test-board`;
    return ((await ask(...tls, url)) as { filename: string }).filename;
  };
  const publish = async (version: string) => {
    const bundle = await makeBundle({ version });
    keyring = bundle.keyringPath;
    const form = ['-F', `bundle=@${bundle.path};filename=v${version}.raucb`, '-F', 'activate=true'];
    await ask(...form, `${server.adminUrl}/upload`);
  };
  const shell = async (script: string) => {
    expect(script).not.toBe('');
    const bin = path.join(folder, 'bin');
    await mkdir(bin, { recursive: true });
    const program = `#!/bin/sh\nexec '${process.execPath}' '${entryPoint}' "$@"\n`;
    await writeFile(path.join(bin, 'rauc-simple-server'), program, { mode: 0o755 });
    const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}` };
    const { code, stderr } = await run('sh', ['-euc', script], { cwd: folder, env });
    expect({ code, stderr: code === 0 ? '' : stderr }).toEqual({ code: 0, stderr: '' });
  };
  const attention = async () => {
    const overview = (await ask(`${server.adminUrl}/api/overview`)) as Overview;
    return overview.attention.filter(({ kind }) => kind === 'paused-rollout');
  };

  it('offers the older bundle to nobody until a person resumes, and then offers it', async () => {
    const { backup, restore } = await drill();
    folder = await temporaryFolder();
    keyring = (await makeBundle({ version: '1.0.0' })).keyringPath;
    await start();
    expect((await cli(folder, 'cert', 'device', 'board-1')).code).toBe(0);
    await publish('1.0.0');
    await shell(backup); // while it runs
    await publish('2.0.0');
    expect(await told()).toBe('v2.0.0.raucb');
    await server.stop('SIGKILL'); // the -wal file stays
    await shell(restore);

    await start();
    expect(await told()).toBe('');
    expect(await attention()).toMatchObject([{ message: expect.stringContaining('restored') as string }]);
    const { bundles } = (await ask(`${server.adminUrl}/api/bundles`)) as { bundles: { name: string }[] };
    expect(bundles.map(({ name }) => name).sort()).toEqual(['v1.0.0.raucb', 'v2.0.0.raucb']);

    const { releases } = (await ask(`${server.adminUrl}/api/releases`)) as { releases: { id: number }[] };
    await ask('-X', 'POST', `${server.adminUrl}/api/releases/${releases[0]?.id}/resume`);
    expect(await told()).toBe('v1.0.0.raucb');
    await eventually(async () => (await attention()).length === 0); // an overview may be two seconds old
    expect(await server.stop()).toBe(0);
  });
});
