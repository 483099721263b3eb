import { existsSync } from 'node:fs';
import type { Device } from '../../src/core/device';
import type { Installation } from '../../src/core/installation';
import { type BundleOptions, makeBundle } from './bundle-factory';
import { connectDevice, type DeviceClient, type Protocol } from './device-client';
import {
  deviceFiles,
  type DeviceListener,
  type ListenerOptions,
  startDeviceListener,
} from './device-listener';
import { raucHeaders, RaucPoller } from './rauc-poller';

/** The compatible of all devices here. */
export const board = 'test-board';
export const person = { name: 'local', address: '127.0.0.1' };

/** The real listener, with a clock that the test moves and devices that poll over real TLS. */
export interface ReleasedFleet extends DeviceListener {
  readonly now: () => Date;
  /** Moves the clock forward. */
  wait(seconds: number): void;
  /** Publishes `v<version>.raucb` and makes it current for everyone. */
  release(version: string, bundle?: BundleOptions): Promise<{ readonly sha256: string }>;
  /** Connects a device that reports its running version. */
  connect(id: string, protocol: Protocol, headers?: Record<string, string>): Promise<ConnectedDevice>;
  releaseId(): number;
  latest(id: string): Promise<Installation | null>;
  seen(id: string): Promise<Device>;
  /** Kinds of the journal's lines about a device, oldest first. */
  journal(id: string): Promise<readonly string[]>;
}

export interface ConnectedDevice {
  readonly client: DeviceClient;
  readonly rauc: RaucPoller;
}

/** A fleet whose devices run 1.0.0; version 2.0.0, or another one, is released to them. */
export async function startReleasedFleet(
  options: ListenerOptions & { readonly released?: string | null } = {},
): Promise<ReleasedFleet> {
  let aheadMs = 0;
  const now = options.now ?? (() => new Date(Date.now() + aheadMs));
  const listener = await startDeviceListener({ ...options, now });
  const { services } = listener;
  const fleet: ReleasedFleet = {
    ...listener,
    now,
    wait(seconds) {
      aheadMs += seconds * 1_000;
    },
    async release(version, bundle = {}) {
      const made = await makeBundle({ compatible: board, version, ...bundle });
      const request = { name: `v${version}.raucb`, compatible: board, activate: true };
      await listener.publish(made.path, request);
      return { sha256: made.sha256 };
    },
    async connect(id, protocol, headers = raucHeaders(board, '1.0.0', `${id}-boot-1`)) {
      const known = deviceFiles(listener.certsDir, id);
      const files = existsSync(known.cert) ? known : await listener.device(id);
      const client = await connectDevice(listener.url, files, protocol);
      return { client, rauc: new RaucPoller(client, { headers }) };
    },
    releaseId: () => services.manageRollouts.list()[0]?.id ?? 0,
    latest: async (id) => (await services.manageDevices.get(id)).installation,
    seen: async (id) => (await services.manageDevices.get(id)).device,
    async journal(id) {
      const { events } = await services.readJournal.search({ deviceId: id }, { limit: 200 });
      return events.map(({ kind }) => kind).reverse();
    },
  };
  const { released = '2.0.0' } = options;
  if (released !== null) await fleet.release(released);
  return fleet;
}
