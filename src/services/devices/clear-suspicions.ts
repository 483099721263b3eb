import type { Device } from '../../core/device';

/** Forgets that two boards used its certificate and that it is silent; if so, its next poll shows it again. */
export function clearSuspicions(device: Device): Device {
  const { second } = device.boards;
  const isSilent = (device.pollerOmits ?? []).length > 0;
  if (second === null && !isSilent) return device;
  const boards = second === null ? device.boards : { ...device.boards, second: null, boots: [second.own] };
  return { ...device, boards, pollerOmits: null };
}
