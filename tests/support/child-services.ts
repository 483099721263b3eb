import { randomBytes, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import path from 'node:path';
import { openTokenKey } from '../../src/pki/token-key';
import { createServices } from '../../src/services/services';
import { openStore } from '../../src/store/store';
import { fleetRules } from './fleet-factory';
import { isOnPostgres, openPostgresTestStore } from './postgres-services';
import { raucPorts, withoutKeyring } from './rauc-ports';

/** The real services in a process without a test runner, because it will be killed. They wait for the disk as a server does. */
export async function openChildServices(dataDir: string, now: () => Date = () => new Date()) {
  const ignore = () => undefined;
  const errors: string[] = [];
  const store = isOnPostgres
    ? await openPostgresTestStore(dataDir)
    : await openStore(dataDir, {
        newName: randomUUID,
        pid: process.pid,
        diskThread: {},
        uploadThreads: {},
      });
  const services = await createServices({
    store,
    ...raucPorts(withoutKeyring, () => new Date()),
    allowUntrusted: false,
    fleetRules,
    deliver: () => Promise.resolve(null),
    configuredCompatible: null,
    baseUrl: () => 'https://updates.test:8443',
    log: { info: ignore, warn: ignore, error: (_: object, message: string) => void errors.push(message) },
    now,
    randomBytes,
    sealing: openTokenKey(path.join(dataDir, '../certs')),
  });
  return {
    store,
    services,
    /** Lines of the log at the level `error`. */
    errors,
    async release(file: string): Promise<void> {
      const staged = await services.publishBundle.stage(createReadStream(file), { limitBytes: 1 << 30 });
      await services.publishBundle.publish(staged, {
        name: path.basename(file),
        activate: true,
        actor: 'local',
      });
    },
  };
}
