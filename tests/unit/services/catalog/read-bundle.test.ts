import { readdirSync, readlinkSync } from 'node:fs';
import { readFile, truncate, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import type { Bundle } from '../../../../src/core/bundle';
import { BlockCache } from '../../../../src/services/catalog/block-cache';
import { BundleReader } from '../../../../src/services/catalog/read-bundle';
import { makeBundle } from '../../../support/bundle-factory';
import { type OpenedServices, openServices } from '../../../support/services';

let opened: OpenedServices;
let bundle: Bundle;
let bytes: Buffer;
let file: string;
beforeEach(async () => {
  opened = await openServices();
  const made = await makeBundle({ imageSizeBytes: 1 << 20 });
  bundle = (await opened.publish(made.path, { name: 'a.raucb' })).bundle;
  bytes = await readFile(made.path);
  file = path.join(opened.dataDir, 'bundles/a.raucb');
});
afterEach(() => opened.close());

/** How often this process has the bundle open, by the kernel's account. */
function openCount(): number {
  return readdirSync('/proc/self/fd').filter((fd) => {
    try {
      return readlinkSync(`/proc/self/fd/${fd}`).startsWith(file);
    } catch {
      return false; // closed meanwhile
    }
  }).length;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 5_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error('it did not come to pass');
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

it('reads any part of a bundle', async () => {
  const lease = await opened.services.readBundle.open(bundle);
  expect(lease.sizeBytes).toBe(bytes.length);
  expect((await lease.read(1000, 5000)).equals(bytes.subarray(1000, 6000))).toBe(true);
  expect((await buffer(lease.createReadStream(7, 900_000))).equals(bytes.subarray(7, 900_001))).toBe(true);
  expect((await buffer(lease.createReadStream(0, bytes.length - 1))).equals(bytes)).toBe(true);
  await expect(lease.read(bytes.length - 10, 11)).rejects.toThrow();
  lease.release();
});

it('opens the file once for all who read at the same time', async () => {
  const leases = await Promise.all(
    Array.from({ length: 100 }, () => opened.services.readBundle.open(bundle)),
  );
  expect(openCount()).toBe(1);
  for (const lease of leases) lease.release();
});

it('keeps the bytes readable for a lease when the bundle is deleted, and gives no new one', async () => {
  const lease = await opened.services.readBundle.open(bundle);
  await opened.services.deleteBundle.delete({ name: 'a.raucb', actor: 'local' });
  expect((await lease.read(0, bytes.length)).equals(bytes)).toBe(true);
  await expect(opened.services.readBundle.open(bundle)).rejects.toMatchObject({ code: 'not-found' });
  lease.release();
});

it('fails a stream, rather than ending it, when the file is cut short meanwhile', async () => {
  const lease = await opened.services.readBundle.open(bundle);
  await truncate(file, 500_000);
  await expect(buffer(lease.createReadStream(0, bytes.length - 1))).rejects.toThrow();
  lease.release();
});

it('refuses a file that no longer has its size', async () => {
  await truncate(file, bytes.length - 1);
  await expect(opened.services.readBundle.open(bundle)).rejects.toMatchObject({ code: 'not-found' });
  expect(openCount()).toBe(0);
});

describe('an idle file', () => {
  const open = (idleMs: number, find = () => bundle) =>
    new BundleReader({
      catalog: { find, isShared: false, catchUp: () => Promise.resolve() },
      storage: { open: () => opened.store.bundles.open(bundle.sha256) },
      idleMs,
      cache: new BlockCache(1 << 20),
      monotonicMs: () => performance.now(),
    });

  it('stays open for the next reader, then is closed', async () => {
    const reader = open(50);
    (await reader.open(bundle)).release();
    expect(openCount()).toBe(1);
    const again = await reader.open(bundle);
    again.release();
    again.release(); // harmless
    await until(() => openCount() === 0);
  });

  it('is closed at the end, but not under a reader', async () => {
    const reader = open(10);
    const lease = await reader.open(bundle);
    await reader.close();
    expect(await lease.read(0, 4)).toEqual(bytes.subarray(0, 4));
    lease.release();
    await until(() => openCount() === 0);
  });

  it('closes a file that could not be read with its last lease, and gives it to nobody else', async () => {
    const reader = open(60_000);
    const lease = await reader.open(bundle);
    const other = await reader.open(bundle);
    await truncate(file, 500_000);
    await expect(lease.read(bytes.length - 10, 10)).rejects.toThrow();
    await writeFile(file, bytes);
    const next = await reader.open(bundle);
    expect((await next.read(bytes.length - 10, 10)).equals(bytes.subarray(-10))).toBe(true);
    expect(openCount()).toBe(2);
    lease.release();
    other.release();
    await until(() => openCount() === 1);
    next.release();
    await reader.close();
  });

  it('is one of a bounded number', async () => {
    let shown = bundle;
    const many = open(60_000, () => shown);
    for (let at = 0; at < 50; at += 1) {
      shown = { ...bundle, sha256: at.toString(16).padStart(64, '0') };
      (await many.open(shown)).release();
    }
    await until(() => openCount() <= 33);
    await many.close();
    expect(openCount()).toBe(0);
  });
});

describe('a bundle that is not in the catalog', () => {
  const readerOf = (isShared: boolean) => {
    const known: Bundle[] = [];
    const catchUp = jest.fn(() => {
      known.push(bundle);
      return Promise.resolve();
    });
    const reader = new BundleReader({
      catalog: { find: (name) => known.find((one) => one.name === name), isShared, catchUp },
      storage: { open: () => opened.store.bundles.open(bundle.sha256) },
      idleMs: 10,
      cache: new BlockCache(1 << 20),
      monotonicMs: () => performance.now(),
    });
    return { reader, catchUp };
  };

  it('is looked for in the database, once for all who ask at the same time', async () => {
    const { reader, catchUp } = readerOf(true);
    expect(reader.find(bundle.name)).toBeUndefined();
    const found = await Promise.all(
      [bundle.name, bundle.name, 'other.raucb'].map((name) => reader.lookFor(name)),
    );
    expect(found).toEqual([bundle, bundle, undefined]);
    expect(catchUp).toHaveBeenCalledTimes(1);
  });

  it('is looked for nowhere if no other server can have added it', async () => {
    const { reader, catchUp } = readerOf(false);
    expect(await reader.lookFor(bundle.name)).toBeUndefined();
    expect(catchUp).not.toHaveBeenCalled();
  });
});
