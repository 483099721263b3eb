import { mkdir, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { StorageUsage } from '../../../../src/ports/data-folder';
import { measureStorage } from '../../../../src/store/files/storage-usage';
import { mustRun, temporaryFolder } from '../../../support/programs';

const hook = path.join(__dirname, '../../../support/typescript-hook.js');
const measuring = path.join(__dirname, '../../../../src/store/files/storage-usage.ts');

let dataDir: string;
beforeEach(async () => {
  dataDir = path.join(await temporaryFolder(), 'data');
  await mkdir(path.join(dataDir, 'bundles/.incoming'), { recursive: true });
});

const put = (name: string, sizeBytes: number) => writeFile(path.join(dataDir, name), Buffer.alloc(sizeBytes));

describe('what takes the space', () => {
  it('is told by part', async () => {
    await put('bundles/a.raucb', 3_000);
    await put('bundles/b.raucb', 200);
    await put('bundles/.incoming/upload', 500);
    await put('server.db', 70);
    await put('server.db-wal', 7);
    await put('database.marker', 11);
    await mkdir(path.join(dataDir, 'backup/nested'), { recursive: true });
    await put('backup/nested/old.tar', 900);
    const { sizes, freeBytes } = await measureStorage(dataDir);
    expect(sizes).toEqual({
      bundles: 3_200,
      uploads: 500,
      database: 77,
      other: 911,
      outside: expect.any(Number) as number,
    });
    expect(sizes.outside).toBeGreaterThan(0);
    expect(freeBytes).toBeGreaterThan(0);
  });

  it('is not what a link points at', async () => {
    const elsewhere = await temporaryFolder();
    await writeFile(path.join(elsewhere, 'large'), Buffer.alloc(10_000));
    await symlink(path.join(elsewhere, 'large'), path.join(dataDir, 'bundles/link.raucb'));
    await symlink(elsewhere, path.join(dataDir, 'folder'));
    expect((await measureStorage(dataDir)).sizes).toMatchObject({ bundles: 0, other: 0 });
  });

  it('is told of a folder that has nothing yet', async () => {
    const { sizes } = await measureStorage(await temporaryFolder());
    expect(sizes).toMatchObject({ bundles: 0, uploads: 0, database: 0, other: 0 });
  });

  it('counts both disks where bundles have their own, of which the smaller one counts', async () => {
    const script =
      'mount -t tmpfs -o size=2m tmpfs "$1/bundles" && head -c 1048576 /dev/zero > "$1/bundles/a.raucb" && exec "$2" -r "$3" -e "$4" "$1"';
    const program = `require(${JSON.stringify(measuring)}).measureStorage(process.argv[1])
      .then((usage) => console.log(JSON.stringify(usage)));`;
    const { stdout } = await mustRun('unshare', [
      ...(process.getuid?.() === 0 ? [] : ['--user', '--map-root-user']),
      ...['--mount', 'sh', '-c', script, 'sh', dataDir, process.execPath, hook, program],
    ]);
    const { sizes, freeBytes } = JSON.parse(stdout) as StorageUsage;
    expect(sizes.bundles).toBe(1 << 20);
    expect(freeBytes).toBe(1 << 20);
  });
});
