import type { Page } from 'playwright-core';
import type { Device } from '../../src/core/device';
import {
  type AdminListener,
  type AdminListenerOptions,
  openAdminListener,
} from '../http/admin/admin-listener';
import { makeBundle } from '../support/bundle-factory';
import { eventually } from '../support/eventually';
import { SimulatedDevice } from '../support/simulated-device';
import { openWindow, type Look } from './browser';

export const bundle = 'board-1.0.0.raucb';
export const otherBundle = 'sensor-3.0.0.raucb';
const now = () => new Date();

/** A real server in this process, so that a test can play the devices too. */
export interface FleetServer {
  readonly admin: AdminListener;
  /** A device that nobody has heard yet, or one of those that polled. */
  device(id: string, compatible?: string): SimulatedDevice;
  /** What the server knows of it. */
  known(id: string): Promise<Device>;
  open(address: string, look?: Look): Promise<Page>;
}

/** `board-01` to `board-<boards>` run 0.9.0 and were told of `board-1.0.0.raucb`; `sensor-1` is another product. */
export async function openFleet(boards: number, options: AdminListenerOptions = {}): Promise<FleetServer> {
  const admin = await openAdminListener({ now, admin: { now }, ...options });
  const { services } = admin.opened;
  const device = (id: string, compatible = 'board') =>
    new SimulatedDevice(services, id, {
      compatible,
      now,
      facts: { serial: `SN-${id}`, machineId: '7'.repeat(32), attributes: { site: 'graz' } },
    });
  const fleet: FleetServer = {
    admin,
    device,
    known: async (id) => (await services.manageDevices.get(id)).device,
    open: async (address, look) => {
      const page = await openWindow(admin.url, look);
      await page.goto(address);
      return page;
    },
  };
  if (boards === 0) return fleet;
  await admin.opened.publish((await makeBundle({ compatible: 'board', version: '1.0.0' })).path, {
    name: bundle,
    activate: true,
  });
  await admin.opened.publish((await makeBundle({ compatible: 'sensor', version: '3.0.0' })).path, {
    name: otherBundle,
  });
  for (const id of boardIds(boards)) await device(id).poll();
  await device('sensor-1', 'sensor').poll();
  return fleet;
}

export function boardIds(count: number): readonly string[] {
  return Array.from({ length: count }, (_, index) => `board-${String(index + 1).padStart(2, '0')}`);
}

/** The devices that the table shows, in its order. */
export function shownIds(page: Page): Promise<readonly string[]> {
  return page.locator('tbody .device-id').allTextContents();
}

/** Waits until the table shows just these. */
export async function showsOnly(page: Page, ids: readonly string[]): Promise<void> {
  await eventually(async () => (await shownIds(page)).join() === ids.join());
}

/** A message at the edge of the window. */
export function message(page: Page, words: string | RegExp) {
  return page.locator('.notice', { hasText: words });
}
