import { createHash } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { HashBundle } from '../../../../src/ports/bundle-inspection';
import { makeBundle } from '../../../support/bundle-factory';
import { eventually } from '../../../support/eventually';
import { type OpenedServices, openServices, type OpenServicesOptions } from '../../../support/services';
import { runSql } from '../../../support/test-database';

let at: Date;
let opened: OpenedServices;
const now = () => at;

beforeEach(() => {
  at = new Date('2026-06-02T12:00:00Z');
});
afterEach(() => opened.close());

async function open(options: OpenServicesOptions = {}): Promise<void> {
  opened = await openServices({ now, ...options });
}

/** The next start of a server that finds its bundles as one before it left them. */
async function restartAsUpgraded(hashBundle?: HashBundle): Promise<void> {
  await opened.close();
  await runSql(opened.dataDir, 'UPDATE bundles SET sha1 = NULL, md5 = NULL');
  const { dataDir } = opened;
  await open({ dataDir, ...(hashBundle === undefined ? {} : { change: () => ({ hashBundle }) }) });
}

const publish = async (name: string, activate = false) =>
  opened.publish((await makeBundle({ seed: name })).path, { name, activate });
const run = () => opened.services.hashStoredBundles.run();
const known = (name: string) => opened.services.listBundles.get(name).bundle.weakHashes;

async function hashesOf(name: string) {
  const bytes = await readFile(path.join(opened.dataDir, 'bundles', name));
  const [sha1, md5] = ['sha1', 'md5'].map((kind) => createHash(kind).update(bytes).digest('hex'));
  return { sha1, md5 };
}

describe('the SHA-1 and MD5 of a bundle', () => {
  it('are known with its upload, and after a restart', async () => {
    await open();
    await publish('v1.raucb');
    const hashes = await hashesOf('v1.raucb');
    expect(known('v1.raucb')).toEqual(hashes);
    await opened.close();
    await open({ dataDir: opened.dataDir });
    expect(known('v1.raucb')).toEqual(hashes);
  });

  it('of an older one are found out in the background: first what is current', async () => {
    await open();
    await publish('v1.raucb', true);
    at = new Date(at.getTime() + 60_000);
    await publish('v2.raucb');
    const read: string[] = [];
    await restartAsUpgraded((bytes) => {
      read.push(String(bytes.sizeBytes));
      return Promise.reject(new Error('the disk fails'));
    });
    expect(known('v1.raucb')).toBeNull();
    await run();
    expect(read).toHaveLength(2);
    expect(opened.log.filter(({ level }) => level === 'error').map(({ facts }) => facts['bundle'])).toEqual([
      'v1.raucb',
      'v2.raucb',
    ]);
    await run(); // nothing is tried again at once
    expect(read).toHaveLength(2);
    await restartAsUpgraded();
    await run();
    expect(known('v1.raucb')).toEqual(await hashesOf('v1.raucb'));
    expect(known('v2.raucb')).toEqual(await hashesOf('v2.raucb'));
  });

  it('are found out again after a stop in between', async () => {
    await open();
    await publish('v1.raucb');
    let begun = 0;
    await restartAsUpgraded((_bytes, signal) => {
      begun += 1;
      return new Promise((_resolve, reject) =>
        signal.addEventListener('abort', () => reject(new Error('cancelled'))),
      );
    });
    void run();
    await eventually(() => begun === 1);
    await opened.services.hashStoredBundles.close();
    expect(opened.log.filter(({ level }) => level === 'error')).toEqual([]);
    await restartAsUpgraded();
    await run();
    expect(known('v1.raucb')).toEqual(await hashesOf('v1.raucb'));
  });

  it('of a damaged file are not kept', async () => {
    await open();
    await publish('v1.raucb');
    const file = path.join(opened.dataDir, 'bundles', 'v1.raucb');
    const bytes = await readFile(file);
    bytes[100] = (bytes[100] ?? 0) ^ 1;
    await restartAsUpgraded();
    await writeFile(file, bytes);
    await run();
    expect(known('v1.raucb')).toBeNull();
    expect(opened.log.some(({ level }) => level === 'error')).toBe(true);
  });
});
