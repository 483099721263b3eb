import path from 'node:path';
import { makeBundle } from '../../tests/support/bundle-factory';
import { connectDevice, type DeviceClient } from '../../tests/support/device-client';
import type { ClientFiles } from '../../tests/support/device-listener';
import { HeldDisk } from '../../tests/support/held-disk';
import { cli, type ServerProcess, startServer } from '../../tests/support/server-process';

/** A built server with a release and a fleet, on a disk whose speed is controlled. */
export interface Rig {
  readonly server: ServerProcess;
  readonly disk: HeldDisk;
  /** Devices that are only held and released. */
  readonly heldIds: readonly string[];
  /** The bundle, and where the reader reads it. */
  readonly copy: string;
  readonly url: string;
  readonly reader: ClientFiles;
  readonly reporter: DeviceClient;
}

const heldDevices = 1_000;

export async function prepareRig(folder: string): Promise<Rig> {
  const disk = await HeldDisk.make(folder);
  const server = await startServer({ folder, env: disk.env });
  const filesOf = async (id: string): Promise<ClientFiles> => {
    await mustSucceed(cli(folder, 'cert', 'device', id));
    const base = path.join(folder, 'certs/devices', id);
    return { cert: `${base}.crt`, key: `${base}.key`, ca: path.join(folder, 'certs/ca.crt') };
  };
  const { path: copy } = await makeBundle({ compatible: 'bench', imageSizeBytes: 16 << 20 });
  await mustSucceed(cli(folder, 'bundle', 'upload', copy, '--activate', '--server', server.adminUrl));
  const heldIds = Array.from({ length: heldDevices }, (_, index) => `held-${index}`);
  for (const id of heldIds) await post(server, 'devices', { id });
  const reader = await filesOf('reader');
  const reporter = await connectDevice(server.deviceUrl, await filesOf('reporter'), 'HTTP/2');
  const { body } = await reporter.request('/api/v1/manifest.json?compatible=bench');
  const [target = ''] = /\/bundles\/[^"\\]+/.exec(body.toString()) ?? [];
  return { server, disk, heldIds, copy, url: `${server.deviceUrl}${target}`, reader, reporter };
}

/** @throws Error when it is refused */
export async function post({ adminUrl }: ServerProcess, what: string, body: unknown): Promise<void> {
  const headers = { 'Content-Type': 'application/json' };
  await mustAnswer(
    what,
    fetch(`${adminUrl}/api/${what}`, { method: 'POST', headers, body: JSON.stringify(body) }),
  );
}

/** Reads an answer to its end. @throws Error when it is a refusal */
export async function get({ adminUrl }: ServerProcess, what: string): Promise<void> {
  await mustAnswer(what, fetch(`${adminUrl}/api/${what}`));
}

async function mustAnswer(what: string, asked: Promise<Response>): Promise<void> {
  const answer = await asked;
  const text = await answer.text();
  if (!answer.ok) throw new Error(`${what}: ${answer.status} ${text}`);
}

async function mustSucceed(command: ReturnType<typeof cli>): Promise<void> {
  const { code, stderr } = await command;
  if (code !== 0) throw new Error(stderr);
}
