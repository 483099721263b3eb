import { randomBytes, randomUUID } from 'node:crypto';
import path from 'node:path';
import { Readable } from 'node:stream';
import type { Contact } from '../../src/core/contact';
import type { DeviceIdentity } from '../../src/core/device';
import type { Inspection } from '../../src/core/inspection';
import { openTokenKey } from '../../src/pki/token-key';
import { createServices, type Services } from '../../src/services/services';
import { openPostgresStore } from '../../src/store/postgres-store';
import type { ServerStore } from '../../src/store/store';
import { polled } from '../../tests/support/device-events';
import { bundleOf, fleetRules } from '../../tests/support/fleet-factory';
import { raucPorts, withoutKeyring } from '../../tests/support/rauc-ports';

/** The services of a server on a store, without its listeners. */
export interface Rig {
  readonly services: Services;
  readonly store: ServerStore;
  /** Leaves the housekeeping to the caller. */
  stopHousekeeping(): void;
  close(): Promise<void>;
}

/** @param dataDir the folder beside which the key of device tokens is kept */
export async function openRig(store: ServerStore, dataDir: string): Promise<Rig> {
  const quiet = () => undefined;
  const services = await createServices({
    store,
    ...raucPorts(withoutKeyring, () => new Date()),
    inspect: ({ sizeBytes }) => Promise.resolve(inspectionOf(sizeBytes)),
    allowUntrusted: false,
    fleetRules,
    deliver: () => Promise.resolve(null),
    configuredCompatible: null,
    baseUrl: () => 'https://localhost:8443',
    log: { info: quiet, warn: quiet, error: console.error },
    now: () => new Date(),
    randomBytes,
    sealing: openTokenKey(path.join(dataDir, '../certs')),
  });
  const housekeeping = setInterval(() => void services.runHousekeeping(), 1_000);
  const stopHousekeeping = () => clearInterval(housekeeping);
  return {
    services,
    store,
    stopHousekeeping,
    async close() {
      stopHousekeeping();
      await services.close();
      await store.close();
    },
  };
}

/** A server on a PostgreSQL database, alone or beside others. */
export async function openPostgresRig(url: string, dataDir: string): Promise<Rig> {
  const store = await openPostgresStore(url, dataDir, {
    newName: randomUUID,
    pid: process.pid,
    node: { id: randomUUID(), name: 'bench', version: '0.0.0' },
    onOutdated: (error) => {
      throw error;
    },
  });
  return openRig(store, dataDir);
}

function inspectionOf(sizeBytes: number): Inspection {
  return { ...bundleOf('board', '2.0.0').inspection, sizeBytes };
}

export const bundleName = (number: number) => `board-${number}.raucb`;

/** Uploads a bundle and makes it a release for every board. @param number distinguishes the bundles */
export async function release({ publishBundle }: Services, number = 2): Promise<void> {
  const bytes = Readable.from([Buffer.alloc(8192, number)]);
  const bundle = await publishBundle.stage(bytes, { limitBytes: 1 << 20 });
  await publishBundle.publish(bundle, { name: bundleName(number), activate: true, actor: 'bench' });
}

export function identityOf(index: number): DeviceIdentity {
  const id = `device-${String(index).padStart(6, '0')}`;
  return { id, certificateSerial: (0x1000000 + index).toString(16), compatibles: [] };
}

/** Three in four devices run the release; the others run the previous version. */
function contactOf(index: number): Contact {
  return {
    at: new Date(),
    address: `127.${(index >> 16) & 255}.${(index >> 8) & 255}.${index & 255}`,
    protocol: 'h2',
    transactionId: null,
    facts: {
      compatible: 'board',
      serial: `SN-${index * 7919}`,
      machineId: index.toString(16).padStart(32, '0'),
      bootId: `00000000-0000-4000-8000-${String(index).padStart(12, '0')}`,
      systemVersion: index % 4 === 0 ? '1.0.0' : '2.0.0',
      uptimeSeconds: 1_000_000,
      attributes: { slot: 'A' },
    },
  };
}

/** A device polls. */
export function ask({ deviceEvents }: Services, index: number): Promise<unknown> {
  return deviceEvents.take(identityOf(index), polled(contactOf(index), '"0"'));
}

/** A device polls that runs another version each time all devices have polled so. */
export function askAsUpdated(
  { deviceEvents }: Services,
  sequence: number,
  devices: number,
): Promise<unknown> {
  const index = (sequence * 7919) % devices;
  const contact = contactOf(index);
  const systemVersion = `1.${Math.floor(sequence / devices) + 1}.0`;
  const updated = { ...contact, facts: { ...contact.facts, systemVersion } };
  return deviceEvents.take(identityOf(index), polled(updated, '"0"'));
}

/** How many devices poll at once. */
export const maxAtOnce = 64;

/** Runs work with some concurrency, as devices arrive, until it says that it is done. */
export async function drive(next: () => Promise<unknown> | undefined, atOnce = maxAtOnce): Promise<void> {
  const worker = async () => {
    for (let work = next(); work !== undefined; work = next()) await work;
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, maxAtOnce) }, worker));
}

/** First contacts. @returns how many a second */
export async function register(services: Services, devices: number): Promise<number> {
  const startedAt = performance.now();
  let index = 0;
  await drive(() => (index < devices ? ask(services, index++) : undefined));
  return devices / ((performance.now() - startedAt) / 1000);
}
