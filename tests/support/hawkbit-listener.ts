import { readFile } from 'node:fs/promises';
import http from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { gateway } from '../../src/core/device-token';
import {
  type HawkbitServer,
  type HawkbitServerOptions,
  startHawkbitServer,
} from '../../src/http/device/hawkbit/server';
import { coversHost } from '../../src/pki/server-names';
import { loadServerTls } from '../../src/pki/server-tls';
import type { Answer, DeviceClient } from './device-client';
import { HawkbitClient } from './hawkbit-client';
import { person, type ReleasedFleet, startReleasedFleet } from './released-fleet';

/** Headers by name; a list is sent as several header lines. */
export type ClientHeaders = Readonly<Record<string, string | readonly string[]>>;

/** The real listener for hawkBit's clients beside the device listener, on free loopback ports. */
export interface HawkbitListener {
  readonly fleet: ReleasedFleet;
  readonly server: HawkbitServer;
  readonly url: string;
  /** Sends any request. */
  ask(target: string, headers?: ClientHeaders, method?: string, body?: string): Promise<Answer>;
  /** A client of a device that sends these headers with each request. */
  client(id: string, headers: ClientHeaders, tenant?: string): HawkbitClient;
  /** Creates a device and its token. */
  enrol(id: string): Promise<string>;
  gatewayToken(): Promise<string>;
  close(): Promise<void>;
}

export const targetToken = (token: string) => ({ authorization: `TargetToken ${token}` });
export const gatewayToken = (token: string) => ({ authorization: `GatewayToken ${token}` });

export async function startHawkbitListener(
  options: {
    readonly fleet?: Parameters<typeof startReleasedFleet>[0];
    readonly isPlain?: boolean;
    readonly change?: Partial<HawkbitServerOptions>;
  } = {},
): Promise<HawkbitListener> {
  const fleet = await startReleasedFleet(options.fleet);
  const { services, certsDir, now } = fleet;
  const tls = await loadServerTls(certsDir);
  const quiet = () => undefined;
  const server = await startHawkbitServer({
    host: '127.0.0.1',
    port: 0,
    tls: options.isPlain === true ? null : tls,
    shares: fleet.server.shares,
    services,
    deviceTokens: services.deviceTokens,
    certificateNames: () => tls.names,
    coversHost: (host) => coversHost(tls.names, host),
    now,
    log: { debug: quiet, info: quiet, warn: quiet, error: quiet },
    version: '0.0.0-test',
    ...options.change,
  });
  const scheme = options.isPlain === true ? 'http' : 'https';
  const url = `${scheme}://localhost:${server.address.port}`;
  const ca = await readFile(path.join(certsDir, 'ca.crt'));
  const agent =
    scheme === 'http' ? new http.Agent({ keepAlive: true }) : new https.Agent({ ca, keepAlive: true });
  const ask: HawkbitListener['ask'] = (target, headers = {}, method = 'GET', body) =>
    new Promise((resolve, reject) => {
      const given = Object.fromEntries(
        Object.entries(headers).map(([name, value]) => [
          name,
          typeof value === 'string' ? value : [...value],
        ]),
      );
      const begin = scheme === 'http' ? http.request : https.request;
      // The path is passed separately, so that Node sends it unchanged.
      const request = begin(url, { path: target, headers: given, method, agent }, (response) => {
        const pieces: Buffer[] = [];
        response.on('data', (piece: Buffer) => pieces.push(piece));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, body: Buffer.concat(pieces) });
        });
      });
      request.on('error', reject).end(body);
    });
  return {
    fleet,
    server,
    url,
    ask,
    client(id, headers, tenant) {
      const client: DeviceClient = {
        request: (target, more = {}, method = 'GET', body) =>
          ask(target, { ...headers, ...more }, method, body?.toString()),
        close: () => undefined,
      };
      return new HawkbitClient(client, id, tenant);
    },
    async enrol(id) {
      await services.manageDevices.create(id, {}, person);
      return (await services.deviceTokens.create({ kind: 'device', id }, {}, person)).token;
    },
    gatewayToken: async () => (await services.deviceTokens.create(gateway, {}, person)).token,
    async close() {
      agent.destroy();
      await server.close(0);
      await fleet.close();
    },
  };
}
