import { copyFile, readdir, readFile, rm, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { allRows } from '../support/all-rows';
import { makeBundle, type MadeBundle } from '../support/bundle-factory';
import { copyStopped } from '../support/copy-stopped';
import { temporaryFolder } from '../support/programs';
import { cli } from '../support/server-process';
import { openServices } from '../support/services';

const now = () => new Date();
const person = { name: 'local', address: null };
const bundleNames = ['v1.raucb', 'v2.raucb', 'v3.raucb'];

describe('a move of an installation that is not as it should be', () => {
  let original: string;
  let bundles: readonly MadeBundle[];

  beforeAll(async () => {
    original = await temporaryFolder();
    bundles = await Promise.all(['1.0.0', '2.0.0', '3.0.0'].map((version) => makeBundle({ version })));
    const opened = await openServices({ dataDir: path.join(original, 'data'), now });
    for (const [index, { path: file }] of bundles.entries())
      await opened.publish(file, { name: bundleNames[index] ?? '' });
    await opened.services.manageDevices.create('board-1', { labels: [], notes: '' }, person);
    await opened.close();
  });

  /** A copy of the installation, and commands in its folder. */
  async function install() {
    const folder = await temporaryFolder();
    await copyStopped(original, folder);
    const at = (...names: string[]) => path.join(folder, ...names);
    return {
      at,
      move: async () => {
        const { code, stdout, stderr } = await cli(
          folder,
          ...['move', '--to', 'sqlite', '--to-data-dir', 'new', '--json'],
        );
        const said = code === 0 ? stdout : (stderr.trim().split('\n').at(-1) ?? '');
        return { code, ...(JSON.parse(said) as object) };
      },
      change: async (work: (services: Opened['services']) => Promise<unknown>) => {
        const opened = await openServices({ dataDir: at('data'), now });
        await work(opened.services);
        await opened.close();
      },
      mend: (index: number) =>
        copyFile(bundles[index]?.path ?? '', at('data/bundles', bundleNames[index] ?? '')),
    };
  }

  it.each<[string, (file: string) => Promise<unknown>]>([
    ['is missing', (file) => rm(file)],
    ['was cut short', (file) => truncate(file, 1_000)],
    [
      'has other bytes',
      async (file) => {
        const bytes = await readFile(file);
        bytes.writeUInt8(bytes.readUInt8(500) ^ 1, 500);
        await writeFile(file, bytes);
      },
    ],
  ])('names a bundle that %s, moves no row, and continues once it is right', async (_, spoil) => {
    const { at, move, mend } = await install();
    await spoil(at('data/bundles/v2.raucb'));
    const refused = await move();
    expect(refused).toMatchObject({ code: 1, error: { code: 'bundle-broken' } });
    expect(JSON.stringify(refused)).toContain('v2.raucb');
    expect(await readdir(at('new'))).not.toContain('server.db');
    expect(await readdir(at('new/bundles'))).not.toContain('v2.raucb');
    expect(await readdir(at('new/bundles/.incoming'))).toEqual([]);
    await mend(1);
    expect(await move()).toMatchObject({ code: 0, bundles: 3 });
    for (const [index, name] of bundleNames.entries())
      expect(await readFile(at('new/bundles', name))).toEqual(await readFile(bundles[index]?.path ?? ''));
  });

  it('brings the newest state when the installation changes after a run that was interrupted', async () => {
    const { at, move, mend, change } = await install();
    await rm(at('data/bundles/v3.raucb'));
    expect(await move()).toMatchObject({ code: 1 });
    expect(await readdir(at('new/bundles'))).toContain('v1.raucb');
    await mend(2);
    await change(async ({ deleteBundle, manageDevices }) => {
      await deleteBundle.delete({ name: 'v1.raucb', actor: 'local' });
      await manageDevices.create('board-2', { labels: [], notes: '' }, person);
    });
    expect(await move()).toMatchObject({ code: 0, bundles: 2 });
    const moved = await openServices({ dataDir: at('new'), now });
    const listed = moved.services.listBundles.list().map(({ bundle }) => bundle.name);
    expect(listed.sort()).toEqual(['v2.raucb', 'v3.raucb']);
    expect((await moved.services.manageDevices.get('board-2')).device.id).toBe('board-2');
    await moved.close();
    expect((await readdir(at('new/bundles'))).sort()).toEqual(['.incoming', 'v2.raucb', 'v3.raucb']);
  });

  it('is refused when the installation has changed since it was moved, and leaves the copy as it is', async () => {
    const { at, move, change } = await install();
    expect(await move()).toMatchObject({ code: 0 });
    const before = allRows(at('new/server.db'));
    await change(({ manageDevices }) => manageDevices.hold('board-1', 'on a desk', person));
    expect(await move()).toMatchObject({ code: 1, error: { code: 'conflict' } });
    expect(allRows(at('new/server.db'))).toEqual(before);
  });

  it('is refused where another installation is, which keeps what it has', async () => {
    const { at, move } = await install();
    const other = await openServices({ dataDir: at('new'), now });
    await other.services.manageDevices.create('board-9', { labels: [], notes: '' }, person);
    await other.close();
    const before = allRows(at('new/server.db'));
    expect(await move()).toMatchObject({ code: 1, error: { code: 'conflict' } });
    expect(allRows(at('new/server.db'))).toEqual(before);
    expect(await readdir(at('new/bundles'))).not.toContain('v1.raucb');
  });
});

type Opened = Awaited<ReturnType<typeof openServices>>;
