/**
 * A process of its own that publishes a bundle and dies, or runs out of disk, at a chosen point.
 * Arguments: data folder, bundle file, point.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream, readdirSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { PassThrough } from 'node:stream';
import type { ServicePorts } from '../../../../src/services/service-ports';
import { openTokenKey } from '../../../../src/pki/token-key';
import { createServices } from '../../../../src/services/services';
import { openStore } from '../../../../src/store/store';
import { fleetRules } from '../../../support/fleet-factory';
import { raucPorts, withoutKeyring } from '../../../support/rauc-ports';

const [dataDir = '', bundle = '', point = ''] = process.argv.slice(2);
const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
const limitBytes = 1 << 30;

function die(): Promise<never> {
  process.kill(process.pid, 'SIGKILL');
  return new Promise(() => undefined);
}

/** Runs a step, then dies when it is the chosen point. */
function dyingAfter<Args extends unknown[], Result>(name: string, step: (...args: Args) => Promise<Result>) {
  return async (...args: Args): Promise<Result> => {
    const result = await step(...args);
    return point === name ? die() : result;
  };
}

async function open() {
  const store = await openStore(dataDir, { newName: randomUUID, pid: process.pid });
  const ports: ServicePorts = {
    store: {
      ...store,
      catalog: {
        ...store.catalog,
        commit: dyingAfter('committed', (change) => store.catalog.commit(change)),
        tombstone: dyingAfter('tombstoned', (tombstone) => store.catalog.tombstone(tombstone)),
      },
    },
    ...raucPorts(withoutKeyring, () => new Date()),
    allowUntrusted: false,
    fleetRules,
    deliver: () => Promise.resolve(null),
    configuredCompatible: null,
    baseUrl: () => 'https://updates.test:8443',
    log: silent,
    now: () => new Date(),
    randomBytes,
    sealing: openTokenKey(path.join(dataDir, '../certs')),
  };
  const services = await createServices(ports);
  const publish = async (name: string, activate: boolean) => {
    const staged = await services.publishBundle.stage(createReadStream(bundle), { limitBytes });
    const keep = dyingAfter('kept', (as: string) => staged.keep(as));
    return services.publishBundle.publish({ ...staged, keep }, { name, activate, actor: 'local' });
  };
  return { store, services, publish };
}

async function dieWhileReceiving(): Promise<void> {
  const { services } = await open();
  const upload = new PassThrough();
  void services.publishBundle.stage(upload, { limitBytes });
  upload.write(Buffer.alloc(100_000), () => void die());
}

async function runOutOfDisk(): Promise<unknown> {
  const { services, publish } = await open();
  const codeOf = (work: Promise<unknown>) =>
    work.then(
      () => 'done',
      (error: unknown) => (error instanceof Error && 'code' in error ? error.code : String(error)),
    );
  const offered = async () => {
    const offer = await services.explainOffer.preview({ id: 'a', compatibles: [] }, 'test-board');
    return offer.kind === 'bundle' ? offer.bundle.name : offer.reason;
  };
  const filler = path.join(dataDir, 'filler');
  await publish('a.raucb', true);
  await publish('b.raucb', false);

  const large = new PassThrough();
  large.end(Buffer.alloc(8 << 20));
  const upload = await codeOf(services.publishBundle.stage(large, { limitBytes }));
  const leftovers = readdirSync(path.join(dataDir, 'bundles/.incoming'));

  for (let size = 1 << 20; size >= 512; size = Math.floor(size / 2)) fill(filler, size);
  const change = () => services.activateRelease.activate({ name: 'b.raucb', actor: 'local' });
  // The log of the database has some room left: change until it needs more.
  let activation: unknown = 'done';
  let before = await offered();
  for (let turn = 0; turn < 2000 && activation === 'done'; turn += 1) {
    before = await offered();
    const name = before === 'a.raucb' ? 'b.raucb' : 'a.raucb';
    activation = await codeOf(services.activateRelease.activate({ name, actor: 'local' }));
  }
  const keptOffer = (await offered()) === before;
  rmSync(filler);
  const afterwards = await codeOf(change());
  const history = (await services.listBundles.history({ limit: 1 }))[0]?.bundleName;
  return { upload, leftovers, activation, keptOffer, afterwards, offered: await offered(), history };
}

function fill(file: string, size: number): void {
  try {
    for (;;) writeFileSync(file, Buffer.alloc(size), { flag: 'a' });
  } catch {
    // full at this size
  }
}

async function main(): Promise<void> {
  if (point === 'receiving') return dieWhileReceiving();
  if (point === 'full') {
    process.stdout.write(JSON.stringify(await runOutOfDisk()));
    return;
  }
  const { publish, services } = await open();
  if (point === 'tombstoned') await services.deleteBundle.delete({ name: 'old.raucb', actor: 'local' });
  else await publish('new.raucb', true);
}

void main();
