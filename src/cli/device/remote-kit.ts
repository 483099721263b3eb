import type { IncomingMessage } from 'node:http';
import { isLoopbackUrl } from '../../base/text/loopback';
import type { Config } from '../../config/config';
import type { kitBody } from '../../contract/certificate';
import type { RequestOf } from '../../contract/request';
import type { IssueOptions } from '../../core/certificate';
import { DomainError } from '../../core/errors';
import type { KitClient, KitPolling } from '../../core/kit-polling';
import { remoteIssueRequest } from '../cert/remote-issue-request';
import { AdminClient } from '../kernel/admin-client';
import { connectionFailure } from '../kernel/connection-failure';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { judgingFile } from '../kernel/input-file';
import { readAnswer } from '../kernel/server-answer';
import { kitFile, tellHowToInstall, writeKit } from './write-kit';

export interface RemoteKit extends IssueOptions {
  readonly id: string;
  /** The request of a device that already has its key: the file as named, and its content. */
  readonly csrFile: string | undefined;
  readonly csr: Buffer | undefined;
  readonly compatible?: string;
  readonly polling?: KitPolling;
  readonly client?: KitClient;
  readonly out: string | undefined;
  readonly isJson: boolean;
}

/** A kit is a few certificates and texts; anything larger is not a kit. */
const limitBytes = 16 << 20;

/**
 * Asks a running server to make a kit, and writes it here.
 * @throws DomainError `configuration`, before any request, if a private key would be sent where others can read it;
 * ServerRefusal
 */
export async function makeRemoteKit(
  context: CliContext,
  config: Config,
  { id, csr, csrFile, compatible, polling, client: kitClient, out, isJson, ...options }: RemoteKit,
): Promise<void> {
  if (csr === undefined) refuseReadable(config.server);
  const client = await AdminClient.open(context, config);
  const request: RequestOf<typeof kitBody> = {
    ...(config.serverUrl === null ? {} : { server_url: config.serverUrl }),
    ...(compatible === undefined ? {} : { compatible }),
    ...(polling === undefined ? {} : { polling }),
    ...(kitClient === undefined ? {} : { client: kitClient }),
    ...remoteIssueRequest(options, csr),
  };
  const archive = await judgingFile(csrFile, () => fetchKit(client, id, request));
  const file = kitFile(context, id, out);
  await writeKit(context, file, archive);
  if (isJson) {
    printJson(context, { device: id, kit: file, server: client.address });
    return;
  }
  print(context, shownPath(context, file));
  talk(
    context,
    csr === undefined
      ? "It may contain the device's private key: transfer it as a secret, then delete it."
      : "It contains no private key: put the device's own key at /etc/rauc/update/device.key.",
  );
  tellHowToInstall(context, id);
}

/** @throws DomainError `configuration` */
function refuseReadable(server: string): void {
  if (new URL(server).protocol === 'https:' || isLoopbackUrl(server)) return;
  throw new DomainError(
    'configuration',
    `the connection to ${server} is not encrypted, and a kit may contain a private key`,
    {
      remedy:
        "Use https or an SSH tunnel, or pass the device's certificate request with --csr so that its key stays on the device.",
    },
  );
}

async function fetchKit(
  client: AdminClient,
  id: string,
  request: RequestOf<typeof kitBody>,
): Promise<Buffer> {
  const body = Buffer.from(JSON.stringify(request));
  const sent = client.request('POST', `/api/devices/${encodeURIComponent(id)}/kit`, {
    'Content-Type': 'application/json',
    'Content-Length': String(body.length),
  });
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      sent.once('response', resolve).on('error', reject).end(body);
    });
    const isKit = response.statusCode === 200 && response.headers['content-type'] === 'application/gzip';
    if (isKit) return await readKit(response, client);
    await readAnswer(response, client.address);
    throw new DomainError('unavailable', `${client.address} did not send a kit`, {
      remedy: 'Check the address and the proxies between here and the server.',
    });
  } catch (error) {
    throw await connectionFailure(error, client.address);
  } finally {
    sent.destroy();
  }
}

async function readKit(response: IncomingMessage, { address }: AdminClient): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    sizeBytes += piece.length;
    if (sizeBytes > limitBytes) throw new DomainError('unavailable', `the kit from ${address} is too large`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces);
}
