import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { createDeliverEvent } from '../../src/http/outbound/deliver-event';
import type { VerificationProfile } from '../../src/rauc/profile';
import type { Log } from '../../src/ports/log';
import type { Publication, PublishRequest } from '../../src/services/catalog/publish-bundle';
import type { FleetRules, ServicePorts } from '../../src/services/service-ports';
import { openTokenKey } from '../../src/pki/token-key';
import { createServices, type Services } from '../../src/services/services';
import type { Store } from '../../src/ports/store';
import type { DiskThreadOptions } from '../../src/store/sqlite/disk-worker';
import { SqliteFleet } from '../../src/store/sqlite/fleet/fleet';
import { type OpenStore, openStore } from '../../src/store/store';
import { fleetRules } from './fleet-factory';
import { openPostgresTestStore } from './postgres-services';
import { temporaryFolder } from './programs';
import { isOnPostgres } from './test-database';
import { raucPorts, withoutKeyring } from './rauc-ports';

/** One line of the log. */
export interface LogLine {
  readonly level: 'info' | 'warn' | 'error';
  readonly facts: Record<string, unknown>;
  readonly message: string;
}

export interface OpenServicesOptions {
  /** A new folder if left out. */
  readonly dataDir?: string;
  /** Folder of the key of device tokens; beside the data folder if left out. */
  readonly certsDir?: string;
  /** A thread that waits for the disk. */
  readonly diskThread?: DiskThreadOptions;
  /** If left out, signers are not checked. */
  readonly keyringPath?: string;
  /** Replaces ports, for faults that cannot be produced otherwise. */
  readonly change?: (ports: ServicePorts) => Partial<ServicePorts>;
  /** The same for parts of the store. */
  readonly changeStore?: (store: OpenStore) => Partial<OpenStore>;
  /** The rest of the profile by which signers are judged. */
  readonly profile?: Partial<VerificationProfile>;
  readonly allowUntrusted?: boolean;
  readonly compatible?: string;
  readonly fleetRules?: Partial<FleetRules>;
  /** Advances by a second with each call if left out. */
  readonly now?: () => Date;
  /** Follows {@link now} if left out. */
  readonly monotonicMs?: () => number;
}

export interface OpenedServices {
  readonly dataDir: string;
  readonly store: OpenStore;
  readonly services: Services;
  readonly log: readonly LogLine[];
  /** Stages and publishes a file, as actor `local`. */
  publish(file: string, request?: Partial<PublishRequest>): Promise<Publication>;
  /** What a device is offered: a bundle's name, or the reason for nothing. */
  offered(compatible: string | null): Promise<string>;
  close(): Promise<void>;
}

/** The time in tests: 2026-01-01, one second later with each call. */
export function steppingClock(): () => Date {
  let at = Date.UTC(2026, 0, 1);
  return () => new Date((at += 1000));
}

/** The fleet also writes through the replaced parts. */
function changedStore(store: OpenStore, changed: Partial<OpenStore> = {}): Store {
  if (isOnPostgres) return { ...store, ...changed };
  const { devices = store.devices } = changed;
  return { ...store, openFleet: (options) => SqliteFleet.open({ ...options, devices }), ...changed };
}

/** The real services on a real data folder. Close them before a test opens the same folder again. */
export async function openServices(options: OpenServicesOptions = {}): Promise<OpenedServices> {
  const dataDir = options.dataDir ?? path.join(await temporaryFolder(), 'data');
  const anchorsPem = options.keyringPath === undefined ? null : await readFile(options.keyringPath, 'utf8');
  const log: LogLine[] = [];
  const wall = options.now ?? steppingClock();
  let lookedAt = new Date(0);
  const now = () => (lookedAt = wall());
  const { diskThread } = options;
  const store: Omit<OpenStore, 'close'> & { close(): unknown } = isOnPostgres
    ? await openPostgresTestStore(dataDir)
    : await openStore(dataDir, {
        newName: randomUUID,
        pid: process.pid,
        ...(diskThread === undefined ? {} : { diskThread }),
      });
  const profile = { ...withoutKeyring, anchorsPem, ...options.profile };
  const ports: ServicePorts = {
    store: changedStore(store, options.changeStore?.(store)),
    ...raucPorts(profile, now),
    allowUntrusted: options.allowUntrusted ?? false,
    fleetRules: { ...fleetRules, ...options.fleetRules },
    deliver: createDeliverEvent({ allowLocal: true, version: 'test', now }),
    configuredCompatible: options.compatible ?? null,
    baseUrl: () => 'https://updates.test:8443',
    log: recorder(log),
    now,
    monotonicMs: options.monotonicMs ?? (() => lookedAt.getTime()),
    randomBytes,
    sealing: openTokenKey(options.certsDir ?? path.join(dataDir, '../certs')),
  };
  const services = await createServices({ ...ports, ...options.change?.(ports) }).catch(
    async (error: unknown) => {
      await store.close();
      throw error;
    },
  );
  return {
    dataDir,
    store,
    services,
    log,
    async publish(file, request = {}) {
      const staged = await services.publishBundle.stage(createReadStream(file), { limitBytes: 1 << 30 });
      return services.publishBundle.publish(staged, {
        name: path.basename(file),
        actor: 'local',
        ...request,
      });
    },
    async offered(compatible) {
      const device = { id: 'board-1', certificateSerial: '01', compatibles: [] };
      const offer = await services.explainOffer.preview(device, compatible);
      return offer.kind === 'bundle' ? offer.bundle.name : offer.reason;
    },
    async close() {
      await services.close();
      await store.close();
    },
  };
}

function recorder(lines: LogLine[]): Log {
  const at = (level: LogLine['level']) => (facts: object, message: string) => {
    lines.push({ level, facts: facts as LogLine['facts'], message });
  };
  return { info: at('info'), warn: at('warn'), error: at('error') };
}
