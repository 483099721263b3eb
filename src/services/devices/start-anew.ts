import type { DeviceUpdate } from '../../ports/device-updates';
import type { DeviceRecord } from '../../ports/devices';

/** Forgets that two boards used its certificate and that it is silent: its next poll tells that again, if it is so. */
export function startAnew(record: DeviceRecord): DeviceUpdate<DeviceRecord> {
  const { device } = record;
  const { second } = device.boards;
  const isSilent = (device.pollerOmits ?? []).length > 0;
  if (second === null && !isSilent) return { answer: record };
  const boards = second === null ? device.boards : { ...device.boards, second: null, boots: [second.own] };
  const anew = { ...device, boards, pollerOmits: null };
  return { answer: { ...record, device: anew }, device: anew };
}
