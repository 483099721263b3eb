import { mkdir, readdir } from 'node:fs/promises';
import path from 'node:path';
import { makeBundle } from '../../../support/bundle-factory';
import { mustRun, run, temporaryFolder } from '../../../support/programs';
import { openServices } from '../../../support/services';

const hook = path.join(__dirname, '../../../support/typescript-hook.js');
const child = path.join(__dirname, 'fault-child.ts');

/** A data folder where `old.raucb` is stored, and current when `isCurrent`. */
async function startedFolder(isCurrent: boolean): Promise<{ dataDir: string; bundle: string }> {
  const opened = await openServices();
  const old = await makeBundle({ seed: 'old' });
  await opened.publish(old.path, { name: 'old.raucb', activate: isCurrent });
  await opened.close();
  return { dataDir: opened.dataDir, bundle: (await makeBundle({ seed: 'new' })).path };
}

async function runUntilKilled(dataDir: string, bundle: string, point: string): Promise<void> {
  const { code, stderr } = await run(process.execPath, ['-r', hook, child, dataDir, bundle, point]);
  expect({ code, stderr }).toEqual({ code: 128, stderr: '' });
}

describe('a process killed', () => {
  it.each([
    ['while it receives an upload', 'receiving', ['old.raucb'], 'old.raucb'],
    [
      'after the file has its name, before the database knows',
      'kept',
      ['new.raucb', 'old.raucb'],
      'old.raucb',
    ],
    ['after the commit, before the answer', 'committed', ['new.raucb', 'old.raucb'], 'new.raucb'],
  ])('%s leaves a release that was decided and whole bundles', async (_title, point, names, offered) => {
    const { dataDir, bundle } = await startedFolder(true);
    await runUntilKilled(dataDir, bundle, point);
    if (point === 'receiving') expect(await readdir(path.join(dataDir, 'bundles/.incoming'))).toHaveLength(1);

    const opened = await openServices({ dataDir });
    expect(opened.services.startup.problems).toEqual([]);
    expect(await readdir(path.join(dataDir, 'bundles/.incoming'))).toEqual([]);
    expect((await readdir(path.join(dataDir, 'bundles'))).filter((name) => name !== '.incoming')).toEqual(
      names,
    );
    expect(
      opened.services.listBundles
        .list()
        .map(({ bundle: { name } }) => name)
        .sort(),
    ).toEqual(names);
    expect(await opened.offered('test-board')).toBe(offered);
    expect(await opened.services.listBundles.history({ limit: 1 })).toMatchObject([{ bundleName: offered }]);
    await opened.close();
  });

  it('in the middle of a delete finishes it at the next start', async () => {
    const { dataDir, bundle } = await startedFolder(false);
    await runUntilKilled(dataDir, bundle, 'tombstoned');
    expect(await readdir(path.join(dataDir, 'bundles'))).toContain('old.raucb');
    const opened = await openServices({ dataDir });
    expect(opened.services.listBundles.list()).toEqual([]);
    expect(await readdir(path.join(dataDir, 'bundles'))).toEqual(['.incoming']);
    await opened.close();
  });
});

describe('a full disk', () => {
  it('refuses uploads and activations, keeps what was decided, and goes on once there is space', async () => {
    const dataDir = path.join(await temporaryFolder(), 'data');
    await mkdir(dataDir);
    const { path: bundle } = await makeBundle();
    // A small file system of its own, in a mount namespace that ends with the command.
    const script = 'mount -t tmpfs -o size=3m tmpfs "$1" && exec "$2" -r "$3" "$4" "$1" "$5" full';
    const { stdout } = await mustRun('unshare', [
      ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
      ...['--mount', 'sh', '-c', script, 'sh'],
      ...[dataDir, process.execPath, hook, child, bundle],
    ]);
    expect(JSON.parse(stdout)).toEqual({
      upload: 'storage-full',
      leftovers: [],
      activation: 'storage-full',
      keptOffer: true,
      afterwards: 'done',
      offered: 'b.raucb',
      history: 'b.raucb',
    });
  });
});
