import type { Device } from '../../core/device';

/**
 * Forgets that two boards use a device's certificate, and that its poller reports too little. If that is still so, the next poll
 * shows it again.
 */
export function clearSuspicions(device: Device): Device {
  const { second } = device.boards;
  const isSilent = (device.pollerOmits ?? []).length > 0;
  if (second === null && !isSilent) return device;
  const boards = second === null ? device.boards : { ...device.boards, second: null, boots: [second.own] };
  return { ...device, boards, pollerOmits: null };
}
