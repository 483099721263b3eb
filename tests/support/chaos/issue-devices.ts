import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { loadAuthority } from '../../../src/pki/authority';
import { deviceName } from '../../../src/pki/device-names';
import { exportPrivateKey } from '../../../src/pki/private-key';
import { makeThrowAwayDevice } from '../../../src/pki/throw-away';

/** Certificate, key and CA of a device, in PEM. */
export interface DeviceFiles {
  readonly cert: string;
  readonly key: string;
  readonly ca: string;
}

/** Issues certificates for many devices at once: in memory, and without a proof of each. */
export async function issueDevices(
  certsDir: string,
  ids: readonly string[],
): Promise<ReadonlyMap<string, DeviceFiles>> {
  const authority = await loadAuthority(certsDir);
  const ca = await readFile(path.join(certsDir, 'ca.crt'), 'utf8');
  const devices = new Map<string, DeviceFiles>();
  for (const id of ids) {
    const { certificate, privateKey } = await makeThrowAwayDevice(authority, [deviceName(id)], id);
    devices.set(id, { cert: certificate.toString(), key: exportPrivateKey(privateKey), ca });
  }
  return devices;
}
