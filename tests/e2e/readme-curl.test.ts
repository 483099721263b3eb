import { copyFile, mkdir, readFile } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../support/bundle-factory';
import { mustRun, temporaryFolder } from '../support/programs';
import { cli, entryPoint, type ServerProcess, startServer } from '../support/server-process';

/** The blocks of the README's section "By hand", up to the one about rauc. */
async function readBlocks(): Promise<{ make: string; ask: string; answer: object }> {
  const readme = await readFile(path.join(__dirname, '../../README.md'), 'utf8');
  const section = readme.slice(readme.indexOf('### By hand'), readme.indexOf('#### With rauc'));
  const [make = '', ask = ''] = [...section.matchAll(/^```sh\n(.*?)^```$/gms)].map(([, text = '']) => text);
  const [, answer = '{}'] = /^```json\n(.*?)^```$/ms.exec(section) ?? [];
  return { make, ask, answer: JSON.parse(answer) as object };
}

const bootHeader = /-H "RAUC-Boot-ID: [^"]*" ?/;
const versionHeader = /-H "RAUC-System-Version: [^"]*" ?/;

describe("a device that asks with the README's curl command", () => {
  let server: ServerProcess;
  let folder: string;
  let blocks: Awaited<ReturnType<typeof readBlocks>>;

  beforeAll(async () => {
    blocks = await readBlocks();
    folder = await temporaryFolder();
    server = await startServer({ folder });
    const made = await makeBundle({ compatible: 'my-board', version: '2.0.0' });
    await copyFile(made.path, path.join(folder, 'my-bundle.raucb'));
    const upload = ['bundle', 'upload', 'my-bundle.raucb', '--activate', '--server', server.adminUrl];
    expect(await cli(folder, ...upload)).toMatchObject({ code: 0 });
  });
  afterAll(() => server.stop());

  /** Makes a device as the README says, and gives what runs its command, changed as asked for. */
  async function makeDevice(id: string): Promise<(change?: (ask: string) => string) => Promise<Answer>> {
    const device = path.join(folder, id);
    await mkdir(device);
    const [request = '', , issue = ''] = blocks.make
      .replaceAll('board-1', id)
      .split('\n')
      .filter((line) => line !== '' && !line.startsWith('# on the device'));
    await mustRun('sh', ['-c', request], { cwd: device });
    await copyFile(path.join(device, 'device.csr'), path.join(folder, 'device.csr'));
    const program = `'${process.execPath}' '${entryPoint}'`;
    await mustRun('sh', ['-c', issue.replace('npx rauc-simple-server', program)], { cwd: folder });
    await copyFile(path.join(folder, `certs/devices/${id}.crt`), path.join(device, 'device.crt'));
    await copyFile(path.join(folder, 'certs/ca.crt'), path.join(device, 'ca.crt'));
    const port = new URL(server.deviceUrl).port;
    return async (change = (ask) => ask) => {
      const command = change(blocks.ask).replace('updates.example.com:8443', `localhost:${port}`);
      const { stdout } = await mustRun('sh', ['-ec', command], { cwd: device });
      return JSON.parse(stdout) as Answer;
    };
  }

  interface Answer {
    readonly bundle_url: string;
    readonly version?: string;
    readonly reason?: string;
  }

  async function show(id: string) {
    const { stdout } = await cli(folder, 'device', 'show', id, '--json', '--server', server.adminUrl);
    const { device } = JSON.parse(stdout) as { device: { installation: { state: string } | null } };
    return device;
  }

  const boot = (id: string) => (ask: string) => ask.replace(bootHeader, `-H "RAUC-Boot-ID: ${id}" `);
  const download = (url: string, id: string) =>
    mustRun('sh', ['-ec', `${blocks.ask.split('\n')[0] ?? ''}\ncurl -sSf $tls -o bundle '${url}'`], {
      cwd: path.join(folder, id),
    });

  it('gets an answer with the fields that the README shows, and is known by what it told', async () => {
    const ask = await makeDevice('board-1');
    const answer = await ask();
    expect(Object.keys(answer)).toEqual(Object.keys(blocks.answer));
    expect(answer).toMatchObject({ version: '2.0.0', compatible: 'my-board', filename: 'my-bundle.raucb' });
    const bootId = (await readFile('/proc/sys/kernel/random/boot_id', 'utf8')).trim();
    expect(await show('board-1')).toMatchObject({
      compatible: 'my-board',
      system_version: '1.0.0',
      boot_id: bootId,
    });
  });

  it('is offered what it runs again and again when it leaves out its version, and else is not', async () => {
    const told = await makeDevice('board-2');
    const upToDate = await told((command) => command.replace('1.0.0', '2.0.0'));
    expect(upToDate).toMatchObject({ bundle_url: '', reason: expect.stringMatching(/./) as string });

    const untold = await makeDevice('board-5');
    const silent = (command: string) => command.replace(versionHeader, '');
    expect((await untold(silent)).bundle_url).not.toBe('');
    expect((await untold(silent)).bundle_url).not.toBe('');
  });

  it('shows a rollback by its boot id, and none when it leaves that out', async () => {
    const told = await makeDevice('board-3');
    await download((await told(boot('boot-1'))).bundle_url, 'board-3');
    await told(boot('boot-2'));
    expect(await show('board-3')).toMatchObject({ installation: { state: 'rolled-back' } });

    const untold = await makeDevice('board-4');
    const silent = (command: string) => command.replace(bootHeader, '');
    await download((await untold(silent)).bundle_url, 'board-4');
    await untold(silent);
    expect((await show('board-4')).installation?.state).not.toBe('rolled-back');
  });
});
