import { once } from 'node:events';
import { spawn } from 'node:child_process';
import path from 'node:path';
import { readRevocations } from '../../../src/pki/revocation-list';
import { folderWithCa } from '../../support/certificate-folder';

const root = path.resolve(__dirname, '../../..');
const hook = path.join(root, 'tests/support/typescript-hook.js');

/** Revokes its own serials, as many people do on one server at once, when it is told to; says which are revoked, and ends. */
const program = `
  const { openCertificateFolder } = require(process.argv[1] + '/src/pki/certificate-folder.ts');
  const [,, dir, from, count] = process.argv;
  const folder = openCertificateFolder(dir, { now: () => new Date() });
  process.stdin.once('data', async () => {
    const serials = Array.from({ length: Number(count) }, (_, at) => (Number(from) + at).toString(16));
    await Promise.all(serials.map(async (serial) => {
      await folder.revoke({ serial });
      process.stdout.write(serial + '\\n');
    }));
    process.exit();
  });
  process.stdout.write('ready\\n');
`;

interface Worker {
  readonly ready: Promise<unknown>;
  readonly ended: Promise<unknown>;
  /** Serials whose revocation was acknowledged, as far as the reader has heard. */
  readonly acknowledged: Set<string>;
  start(): void;
}

/** @param killAfter so many acknowledgements, by force; `undefined` never */
function startWorker(dir: string, from: number, count: number, killAfter?: number): Worker {
  const child = spawn(process.execPath, ['-r', hook, '-e', program, root, dir, String(from), String(count)], {
    cwd: root,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  child.stdin.on('error', () => undefined);
  const acknowledged = new Set<string>();
  let rest = '';
  const ready = once(child.stdout, 'data').then(() => {
    child.stdout.on('data', (piece: Buffer) => {
      const lines = (rest + piece.toString()).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) acknowledged.add(line);
      if (killAfter !== undefined && acknowledged.size >= killAfter) child.kill('SIGKILL');
    });
  });
  return { ready, ended: once(child, 'close'), acknowledged, start: () => child.stdin.write('go') };
}

describe('revocations by several processes at once', () => {
  const each = 12;

  it('are all in the list once they were acknowledged, also when some processes are killed', async () => {
    const { dir, folder } = await folderWithCa();
    const kills = [undefined, 2, undefined, 4, undefined, 6, undefined, 8];
    const workers = kills.map((killAfter, index) => startWorker(dir, 0x1000 * (index + 1), each, killAfter));
    await Promise.all(workers.map(({ ready }) => ready));
    for (const worker of workers) worker.start();
    await Promise.all(workers.map(({ ended }) => ended));

    const listed = (await readRevocations(dir)).map(({ serial }) => serial);
    const acknowledged = workers.flatMap((worker) => [...worker.acknowledged]);
    expect(acknowledged.filter((serial) => !listed.includes(serial))).toEqual([]);
    expect(new Set(listed).size).toBe(listed.length);
    const survivors = workers.filter((_, index) => kills[index] === undefined);
    expect(survivors.map((worker) => worker.acknowledged.size)).toEqual(survivors.map(() => each));
    await folder.revoke({ serial: 'ffff' }); // nothing that was killed is in the way
    expect((await readRevocations(dir)).map(({ serial }) => serial)).toContain('ffff');
  });
});
