import { copyFile, readFile } from 'node:fs/promises';
import path from 'node:path';
import { type MadeBundle, makeBundle } from '../../support/bundle-factory';
import { runCommand } from '../../support/cli-harness';
import { type CuttingProxy, type LostBy, startCuttingProxy } from '../../support/cutting-proxy';
import { temporaryFolder } from '../../support/programs';
import { type AdminListener, openAdminListener } from './admin-listener';

const ways: readonly LostBy[] = ['cut', 502, 503, 504];

describe('an upload whose answer is lost', () => {
  let made: MadeBundle;
  let cwd: string;
  let admin: AdminListener;
  let proxy: CuttingProxy;
  beforeAll(async () => {
    made = await makeBundle({ imageSizeBytes: 1 << 20 });
    cwd = await temporaryFolder();
    await copyFile(made.path, path.join(cwd, 'fw-1.raucb'));
  });
  beforeEach(async () => {
    admin = await openAdminListener();
  });
  afterEach(async () => {
    proxy.close();
    await admin.close();
  });

  async function upload(lostBy: LostBy, ...options: string[]) {
    proxy = await startCuttingProxy(admin.port, lostBy);
    const address = `http://127.0.0.1:${proxy.port}`;
    const args = ['bundle', 'upload', 'fw-1.raucb', '--server', address, ...options];
    const result = await runCommand(args, { cwd });
    expect(proxy.lost).toBe(1);
    return result;
  }
  const answerOf = ({ stdout }: { stdout: string }) => JSON.parse(stdout) as unknown;
  const releases = async () =>
    (await admin.http.get('/api/releases').expect(200)).body as { releases: { id: number }[] };

  it.each(ways)('has succeeded when the server has it (%s)', async (lostBy) => {
    const { code, stdout, stderr } = await upload(lostBy);
    expect({ code, stdout }).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('fw-1.raucb  test-board') as string,
    });
    expect(stderr).toMatch(/checking whether the server has fw-1\.raucb/);
    expect(stderr).toMatch(/its answer was lost/);
    expect((await admin.stored()).bundles).toEqual(['fw-1.raucb']);
  });

  it('is found when it came from standard input, by what was sent', async () => {
    proxy = await startCuttingProxy(admin.port, 'cut');
    const args = ['bundle', 'upload', '-', '--name', 'fw-1.raucb', '--json'];
    const server = ['--server', `http://127.0.0.1:${proxy.port}`];
    const result = await runCommand([...args, ...server], { cwd, stdin: await readFile(made.path) });
    expect({ code: result.code, lost: proxy.lost }).toEqual({ code: 0, lost: 1 });
    expect(answerOf(result)).toMatchObject({ bundle: { sha256: made.sha256 }, answer_lost: true });
  });

  it('says in JSON what is known and what is not', async () => {
    const { code, stderr, stdout } = await upload('cut', '--json', '--activate');
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(answerOf({ stdout })).toMatchObject({
      bundle: { name: 'fw-1.raucb', sha256: made.sha256 },
      created: null,
      answer_lost: true,
      release: { compatible: 'test-board', channel: 'stable', bundle: 'fw-1.raucb' },
    });
  });

  it('has released what was to be released, also what was current with another policy', async () => {
    await admin.opened.publish(made.path, { name: 'fw-1.raucb', activate: true });
    const [before] = (await releases()).releases;
    const result = await upload(504, '--json', '--activate', '--steps', '10,100');
    expect(result.code).toBe(0);
    const [after] = (await releases()).releases;
    expect(after?.id).toBeGreaterThan(before?.id ?? Infinity);
    expect(answerOf(result)).toMatchObject({ release: { id: after?.id } });
  });

  it('is looked up on the channel that it was for', async () => {
    const result = await upload('cut', '--json', '--activate', '--channel', 'beta');
    expect(result.code).toBe(0);
    expect(answerOf(result)).toMatchObject({ release: { channel: 'beta' } });
  });
});
