import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { isDeviceId, parseDeviceId } from '../../../core/device';
import { DomainError } from '../../../core/errors';
import type { RequestLog } from '../../../ports/log';
import { addressGroup } from '../../address-group';
import { clientAddress, type IsTrustedProxy, plainAddress } from '../../client-address';
import type { Notices } from '../kernel/notices';
import { problemAnswer, refusedDevice } from '../kernel/refusal-answer';
import type { Connection, Connections } from '../transport/connections';
import type { Exchange } from '../transport/exchange';
import { Http1Exchange, targetOf } from '../transport/http1-exchange';
import { Http1Turns } from '../transport/http1-turns';
import type { Authenticate } from './authenticate';
import { controllerIdOf } from './controller-id';
import { Strangers } from './strangers';

export interface ServeRequestsPorts {
  readonly connections: Pick<Connections, 'open' | 'leave'>;
  readonly authenticate: Authenticate;
  readonly isTrustedProxy: IsTrustedProxy;
  readonly handle: (exchange: Exchange) => void;
  /** Called for a connection whose device has been authenticated. */
  readonly onKnown: (socket: Socket) => void;
  readonly notices: Pick<Notices, 'excess' | 'refused'>;
  readonly log: RequestLog;
}

/** A connection. A proxy sends the requests of many devices on it, one after the other. */
interface Line {
  readonly turns: Http1Turns;
  /** Stays the same while the same device sends requests. */
  connection: Connection | null;
  /** Called once its device is known. */
  readonly isKnown: () => void;
}

export interface RequestServer {
  /** A connection that may carry requests. */
  arrived(socket: Socket): void;
  onRequest(request: IncomingMessage, response: ServerResponse): void;
  /** The last device on a connection; `null` for none. */
  connectionOf(socket: Socket): Connection | null;
  /** Ends connections without a device. */
  close(): void;
}

/** Makes exchanges of authenticated requests; others are answered here, and nothing else is done for them. */
export function serveRequests(ports: ServeRequestsPorts): RequestServer {
  const { connections, authenticate, isTrustedProxy, handle, onKnown, notices, log } = ports;
  const lines = new WeakMap<Socket, Line>();
  const strangers = new Strangers((address) => notices.excess({ address }, 'connections'));

  async function answer(request: IncomingMessage, response: ServerResponse, line: Line): Promise<void> {
    const { socket } = request;
    const controllerId = controllerIdOf(targetOf(request));
    if (controllerId === undefined) throw DomainError.of('nothing-at-address');
    const address = clientAddress(request, isTrustedProxy) ?? '';
    const isProxied = isTrustedProxy(plainAddress(socket.remoteAddress) ?? '');
    await authenticate({ request, controllerId, address, isProxied }).catch((error: unknown) => {
      if (error instanceof DomainError && error.code !== 'unavailable')
        notices.refused({ cause: 'wrong-token', reason: error.message }, { ...named(controllerId), address });
      throw error;
    });
    if (socket.destroyed) return;
    const connection = connectionFor(line, socket, parseDeviceId(controllerId), address);
    handle(new Http1Exchange(request, response, connection));
  }

  /** @throws DomainError `forbidden` for a device with too many connections */
  function connectionFor(line: Line, socket: Socket, id: string, address: string): Connection {
    const { connection: known } = line;
    if (known?.identity.id === id && known.address === address) return known;
    if (known !== null) connections.leave(known);
    line.connection = null;
    const identity = { id, certificateSerial: null, compatibles: [] };
    const admission = connections.open({
      socket,
      address,
      certificate: null,
      identity,
      expiresAtMs: Infinity,
    });
    if (!admission.ok) {
      if (admission.refusal.cause === 'too-many-connections') notices.excess({ deviceId: id }, 'connections');
      throw refusedDevice(admission.refusal);
    }
    line.connection = admission.connection;
    line.isKnown();
    return admission.connection;
  }

  return {
    arrived(socket) {
      socket.on('error', () => undefined); // a device that leaves is not our error
      const address = plainAddress(socket.remoteAddress);
      const isCounted = address !== null && !isTrustedProxy(address);
      const forget = strangers.arrived(socket, isCounted ? addressGroup(address) : null);
      const isKnown = () => {
        forget();
        onKnown(socket);
      };
      const line: Line = { turns: new Http1Turns(), connection: null, isKnown };
      lines.set(socket, line);
      socket.once('close', () => {
        if (line.connection !== null) connections.leave(line.connection);
      });
    },

    onRequest(request, response) {
      const line = lines.get(request.socket);
      const takesTurn = line?.turns.take(request, response, () => {
        answer(request, response, line).catch((error: unknown) => {
          if (!(error instanceof DomainError)) log.error({ err: error }, 'a device got no answer');
          refuse(response, error);
        });
      });
      if (takesTurn !== true) request.socket.destroy();
    },

    connectionOf: (socket) => lines.get(socket)?.connection ?? null,
    close: () => strangers.close(),
  };
}

/** Not verified: the client may have made it up. */
function named(controllerId: string): { readonly device?: string } {
  return isDeviceId(controllerId) ? { device: controllerId } : {};
}

/** Ends the connection, so further requests cost a new handshake. */
function refuse(response: ServerResponse, error: unknown): void {
  if (response.headersSent || response.destroyed) {
    response.destroy();
    return;
  }
  response.on('error', () => undefined);
  const { status, headers, body } = problemAnswer(error);
  response.shouldKeepAlive = false;
  response.writeHead(status, headers);
  response.end(response.req.method === 'HEAD' ? undefined : body);
}
