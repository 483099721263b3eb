import type { CommandResult, Device } from './device';
import type { Firmware } from './firmware';
import type { UpdateServer } from './update-server';

/** Issues a certificate for a device, and gives the device all files that the README says it needs. */
export async function enroll(
  device: Device,
  id: string,
  server: UpdateServer,
  made: Firmware,
): Promise<void> {
  await device.put(made.deviceFiles, '/etc/rauc');
  for (const file of await server.issueDevice(id)) await device.put(file, '/etc/rauc');
  // RAUC's downloads run as `nobody`.
  await device.mustExec(
    `cd /etc/rauc && mv ${id}.crt device.crt && mv ${id}.key device.key && chmod 644 * && rauc-service restart`,
  );
}

/** How an installation went, and how much the device received meanwhile. */
export interface InstallResult extends CommandResult {
  readonly receivedBytes: number;
}

/** Installs from a URL, to the end or to an error. */
export async function install(device: Device, url: string): Promise<InstallResult> {
  const before = await receivedBytes(device);
  const result = await device.exec(`rauc install ${url}`);
  return { ...result, receivedBytes: (await receivedBytes(device)) - before };
}

/** Installs from a URL, and it must succeed; the error holds RAUC's log. */
export async function mustInstall(device: Device, url: string): Promise<InstallResult> {
  const result = await install(device, url);
  if (result.code !== 0) throw new Error(`${url}:\n${result.output}\n${await device.log()}`);
  return result;
}

/** What the device's network card has received since the boot, all protocols' overhead included. */
export async function receivedBytes(device: Device): Promise<number> {
  return Number(await device.mustExec(`cat ${receivedBytesFile}`));
}

/** Resolves when the card has received more than `bytes` since the boot. */
export async function untilReceived(device: Device, bytes: number): Promise<void> {
  await device.mustExec(
    `for i in $(seq 600); do [ "$(cat ${receivedBytesFile})" -gt ${bytes} ] && exit; sleep 0.1; done; exit 1`,
  );
}

const receivedBytesFile = '/sys/class/net/eth0/statistics/rx_bytes';
