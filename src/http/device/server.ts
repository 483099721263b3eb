import type { Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Budget } from '../../core/budget';
import type { RefusalCause } from '../../core/connection-refusal';
import type { OverBudget } from '../../services/overview/over-budget';
import { createBaseUrl } from './kernel/base-url';
import type { ProtocolCounts } from './kernel/counters';
import {
  type DeviceShares,
  type DeviceSharesOptions,
  guardHandshakes,
  type HandshakeOptions,
  openDeviceShares,
} from './kernel/device-shares';
import { followRequests } from './kernel/follow-requests';
import { type MountOptions, mountProtocols } from './kernel/mount-protocols';
import type { Protocol, ProtocolServices } from './kernel/protocol';
import { refusalAnswer } from './kernel/refusal-answer';
import { createDispatcher } from './kernel/router';
import { deviceProtocols } from './protocols';
import { closeListener, trackSockets } from './transport/close-listener';
import { connectionLimits, type ConnectionLimits } from './transport/connection-limits';
import { type AdmissionRules, Connections } from './transport/connections';
import { type FarewellLimits, farewellLimits, Farewells } from './transport/farewells';
import { isIssuedByOneOf, parseAuthorities } from './transport/issuers';
import { listen } from './transport/listen';
import { createListener, limits } from './transport/listener';
import { PeerAddresses } from './transport/peer-addresses';
import type { PeerCertificatesOptions } from './transport/peer-certificates';
import { serveConnections } from './transport/serve-connections';
import { type DeviceTls, TlsSettings } from './transport/tls-settings';

export interface DeviceServices extends ProtocolServices {
  readonly overBudget: Pick<OverBudget, 'note' | 'counts'>;
  readonly refusedCertificates: DeviceSharesOptions['services']['refusedCertificates'];
}

export interface DeviceServerOptions
  extends
    AdmissionRules,
    MountOptions,
    DeviceSharesOptions,
    PeerCertificatesOptions,
    Omit<HandshakeOptions, 'addresses'> {
  readonly services: DeviceServices;
  /** SERVER_URL; `null` when it is not configured. */
  readonly baseUrl: string | null;
  /** Names and addresses of the server certificate in use. */
  readonly certificateNames: () => readonly string[];
  /** Whether the server certificate in use is for a host. */
  readonly coversHost: (host: string) => boolean;
  /** Address to bind to; `::` means every address, IPv6 and IPv4. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tls: DeviceTls;
  /** Whether servers with the same files resume each other's TLS sessions; default: no. */
  readonly sharesTickets?: boolean;
  /** How often to look whether tickets need the keys of another day, in milliseconds; default: a minute. */
  readonly ticketCheckMs?: number;
  /** What devices may speak; default: {@link deviceProtocols}. */
  readonly protocols?: readonly Protocol[];
  /** After how long without a byte a connection is checked, in milliseconds; default: five minutes. */
  readonly quietTimeoutMs?: number;
  /** Called with the name that each accepted device uses for the server. */
  readonly noteName?: (name: string) => void;
  readonly connectionLimits?: ConnectionLimits;
  readonly farewellLimits?: FarewellLimits;
}

/** What happened since the start, and what is in progress. */
export interface DeviceCounts {
  readonly connections: number;
  readonly openRequests: number;
  /** Bytes of bundles that were read and not sent yet. */
  readonly unsentBytes: number;
  readonly requests: number;
  /** Every protocol by its name, and `none` for requests that match no route. */
  readonly protocols: ReadonlyMap<string, ProtocolCounts>;
  /** Connections that ended in the TLS handshake or right after it. */
  readonly refusedConnections: number;
  readonly refusals: ReadonlyMap<RefusalCause, number>;
  /** Connections replaced by a new one of their device. */
  readonly replacedConnections: number;
  /** Connections that wait for their TLS handshake, and handshakes in progress. */
  readonly waitingConnections: number;
  readonly handshakes: number;
  /** Requests answered with bytes of a bundle, and how many bytes were sent. */
  readonly bundleRequests: number;
  readonly bundleBytes: number;
  /** How often a device or an address exceeded a budget. */
  readonly overBudget: ReadonlyMap<Budget, number>;
}

export interface DeviceServer {
  readonly address: AddressInfo;
  /** Node's server, to see how it was configured. */
  readonly listener: Http2SecureServer;
  /** For another listener for the same devices. */
  readonly shares: DeviceShares;
  /**
   * Uses new files for new connections, and ends connections whose CA is gone.
   * @throws DomainError `configuration`: then the old files stay in use
   */
  reload(tls: DeviceTls): void;
  /** Ends the open connections of revoked certificates. @returns how many */
  enforceRevocations(): number;
  counts(): DeviceCounts;
  /** Devices that connected with an old certificate, as {@link OldCertificates.seen}. */
  oldCertificates(): readonly string[];
  /**
   * Takes no new connections; running downloads may continue for a while.
   * @param graceMs how long, in milliseconds
   */
  close(graceMs: number): Promise<void>;
}

/**
 * Starts the listener that devices talk to: mutual TLS, HTTP/2 and HTTP/1.1.
 * @throws DomainError `configuration` when the TLS files or the address cannot be used
 */
export async function startDeviceServer(options: DeviceServerOptions): Promise<DeviceServer> {
  const { log, now, services, protocols = deviceProtocols } = options;
  const { quietTimeoutMs = limits.quietTimeoutMs } = options;
  const settings = new TlsSettings({ now, sharesTickets: options.sharesTickets ?? false });
  const shares = openDeviceShares(options);
  const { memory, budgets, counters, notices, charge, bodies, monotonicMs } = shares;
  const limited = options.connectionLimits ?? connectionLimits;
  const connections = new Connections(options, limited, budgets, monotonicMs);
  const listener = createListener(settings.build(options.tls), quietTimeoutMs);
  const addresses = new PeerAddresses();
  const handshakes = guardHandshakes(listener, shares, { ...options, addresses });
  const sockets = trackSockets(listener);
  const configuredUrl = options.baseUrl?.replace(/\/+$/, '');
  let address: AddressInfo | undefined;
  const addressInUse = () => (address ??= listener.address() as AddressInfo);
  const baseUrl = createBaseUrl({ ...options, port: () => addressInUse().port });
  const dispatch = createDispatcher({
    protocols: mountProtocols(protocols, options, {
      counters,
      charge,
      baseUrl: ({ authority }) => configuredUrl ?? baseUrl(authority),
      onBytes: shares.onBytes,
    }),
    connections,
    counters,
    bodies,
    charge,
    onRefused: (refusal, { identity, address, certificate }) =>
      notices.refused(refusal, {
        device: identity.id,
        ...(certificate === null ? {} : { certificate }),
        ...(address === null ? {} : { address }),
      }),
    log,
  });
  const stopLooking = serveConnections({
    listener,
    certificateInSession: options.certificateInSession,
    connections,
    addresses,
    handshakes,
    farewells: new Farewells({
      limits: options.farewellLimits ?? farewellLimits,
      answerOf: refusalAnswer,
      monotonicMs,
    }),
    handle: followRequests({ dispatch, log, monotonicMs }),
    onRefused: (refusal, who) => notices.refused(refusal, who),
    onExcess: (holder, budget) => notices.excess(holder, budget),
    noteName: (name) => options.noteName?.(name),
    quietTimeoutMs,
    now,
    monotonicMs,
  });

  await listen(listener, options);
  const ticketCheck = setInterval(() => {
    const ticketKeys = settings.newTicketKeys();
    if (ticketKeys !== undefined) listener.setTicketKeys(ticketKeys);
  }, options.ticketCheckMs ?? 60_000).unref();
  let { ca } = options.tls;
  let closing: Promise<void> | undefined;
  return {
    address: addressInUse(),
    listener,
    shares,
    reload(tls) {
      listener.setSecureContext(settings.build(tls));
      const hasNewCa = tls.ca !== ca;
      ca = tls.ca;
      const authorities = parseAuthorities(ca);
      const ended = connections.destroyWhere(
        ({ certificate }) =>
          hasNewCa && certificate !== null && !isIssuedByOneOf(certificate.x509, authorities),
      );
      log.info({ ended }, 'new TLS files in use');
    },
    enforceRevocations: () =>
      connections.destroyWhere((connection) => connections.findRefusal(connection) !== undefined),
    counts: () => ({
      ...counters.totals(),
      refusals: counters.refusals,
      protocols: counters.protocols,
      overBudget: services.overBudget.counts(),
      connections: connections.size,
      replacedConnections: connections.replaced,
      waitingConnections: handshakes.waiting(),
      handshakes: handshakes.underWay(),
      openRequests: connections.openRequests(),
      unsentBytes: memory.usedBytes,
    }),
    oldCertificates: () => connections.oldCertificates.seen(),
    close(graceMs) {
      clearInterval(ticketCheck);
      stopLooking();
      handshakes.close();
      return (closing ??= closeListener(listener, connections, sockets, graceMs));
    },
  };
}
