import { type DeviceFacts, noFacts } from '../../src/core/device-facts';
import { type Device, newDevice } from '../../src/core/device';
import { madeAt } from './fleet-factory';

/** A device that was heard once and that no decision concerns. */
export function deviceOf(
  id: string,
  { facts, ...change }: Partial<Omit<Device, 'facts'>> & { readonly facts?: Partial<DeviceFacts> } = {},
): Device {
  return {
    ...newDevice(id, 'admitted', madeAt),
    firstContactAt: madeAt,
    lastContactAt: madeAt,
    address: '192.0.2.1',
    protocol: 'h2',
    facts: { ...noFacts, compatible: 'board', ...facts },
    ...change,
  };
}
