import type { X509Certificate } from 'node:crypto';
import type { Http2SecureServer } from 'node:http2';
import type { AddressInfo } from 'node:net';
import type { Budget } from '../../core/budget';
import type { RefusalCause, RefusedSubject } from '../../core/connection-refusal';
import type { RefusedCertificates } from '../../services/certificates/refused-certificates';
import type { OverBudget } from '../../services/overview/over-budget';
import { createIsTrustedProxy } from '../client-address';
import { BodyReader } from './kernel/body-reader';
import { createCharge } from './kernel/charge-requests';
import { Counters, type ProtocolCounts } from './kernel/counters';
import { followRequests } from './kernel/follow-requests';
import { type MountOptions, mountProtocols } from './kernel/mount-protocols';
import { createNotices } from './kernel/notices';
import type { Protocol, ProtocolServices } from './kernel/protocol';
import { refusalAnswer } from './kernel/refusal-answer';
import { createDispatcher } from './kernel/router';
import { deviceProtocols } from './protocols';
import { closeListener, trackSockets } from './transport/close-listener';
import { connectionLimits, type ConnectionLimits } from './transport/connection-limits';
import { type AdmissionRules, Connections, expelConnection } from './transport/connections';
import { DeviceBudgets } from './transport/device-budgets';
import { type FarewellLimits, farewellLimits, Farewells } from './transport/farewells';
import { HandshakeGuard } from './transport/handshake-guard';
import { handshakeLimits, type HandshakeLimits } from './transport/handshake-queue';
import { isIssuedByOneOf, parseAuthorities } from './transport/issuers';
import { listen } from './transport/listen';
import { createListener, limits } from './transport/listener';
import { machineMemoryBytes } from '../../base/machine/memory';
import { type MemoryLimits, memoryLimitsOf, SendMemory } from './transport/send-memory';
import { serveConnections } from './transport/serve-connections';
import { type DeviceTls, TlsSettings } from './transport/tls-settings';
import type { MonotonicClock } from '../../ports/clock';

export interface DeviceServices extends ProtocolServices {
  readonly overBudget: Pick<OverBudget, 'note' | 'counts'>;
  readonly refusedCertificates: Pick<RefusedCertificates, 'note'>;
}

export interface DeviceServerOptions extends AdmissionRules, MountOptions {
  readonly services: DeviceServices;
  /** Address to bind to; `::` means every address, IPv6 and IPv4. */
  readonly host: string;
  /** 0 for any free port. */
  readonly port: number;
  readonly tls: DeviceTls;
  /** What devices may speak; {@link deviceProtocols} when left out. */
  readonly protocols?: readonly Protocol[];
  /** How long a body may take to arrive, in milliseconds; half a minute when left out. */
  readonly bodyTimeoutMs?: number;
  /** After how long without a byte a connection is checked, in milliseconds; five minutes when left out. */
  readonly quietTimeoutMs?: number;
  /** Describes a refused certificate for people. */
  readonly describeRefused: (certificate: X509Certificate) => RefusedSubject;
  /** Called with the name that each accepted device uses for the server. */
  readonly noteName?: (name: string) => void;
  /** Addresses and networks of proxies that pass on the connections of many devices; none when left out. */
  readonly trustedProxies?: readonly string[];
  readonly handshakeLimits?: HandshakeLimits;
  readonly connectionLimits?: ConnectionLimits;
  readonly farewellLimits?: FarewellLimits;
  /** Limits on what was read for devices and not sent yet; by the memory of the machine when left out. */
  readonly memoryLimits?: MemoryLimits;
  /** The process's clock when left out. */
  readonly monotonicMs?: MonotonicClock;
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
  /** Node's server, for what it was configured with. */
  readonly listener: Http2SecureServer;
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
  const { quietTimeoutMs = limits.quietTimeoutMs, monotonicMs = () => performance.now() } = options;
  const settings = new TlsSettings();
  const memory = new SendMemory(options.memoryLimits ?? memoryLimitsOf(machineMemoryBytes()));
  const budgets = new DeviceBudgets(memory);
  const limited = options.connectionLimits ?? connectionLimits;
  const connections = new Connections(options, limited, budgets, monotonicMs);
  const counters = new Counters();
  const { overBudget, refusedCertificates } = services;
  const { describeRefused } = options;
  const notices = createNotices({ counters, overBudget, refusedCertificates, describeRefused, log, now });
  const charge = createCharge({
    monotonicMs,
    onRefused: (deviceId) => notices.excess({ deviceId }, 'requests'),
    expel: expelConnection,
  });
  const listener = createListener(settings.build(options.tls), quietTimeoutMs);
  const handshakes = new HandshakeGuard(listener, {
    limits: options.handshakeLimits ?? handshakeLimits,
    crowdedTimeoutMs: limits.crowdedHandshakeTimeoutMs,
    isExempt: createIsTrustedProxy(options.trustedProxies ?? []),
    monotonicMs,
    onRefused: (address, reason) => notices.refused({ cause: 'too-many-handshakes', reason }, { address }),
  });
  const sockets = trackSockets(listener);
  const dispatch = createDispatcher({
    protocols: mountProtocols(protocols, options, {
      counters,
      charge,
      port: () => (listener.address() as AddressInfo).port,
      onBytes({ connection }) {
        connection.movedAtMs = monotonicMs();
      },
    }),
    connections,
    counters,
    bodies: new BodyReader(options.bodyTimeoutMs ?? limits.bodyTimeoutMs),
    charge,
    onRefused: (refusal, { identity, address, certificate }) =>
      notices.refused(refusal, {
        device: identity.id,
        certificate,
        ...(address === null ? {} : { address }),
      }),
    log,
  });
  const stopLooking = serveConnections({
    listener,
    connections,
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
  let { ca } = options.tls;
  let closing: Promise<void> | undefined;
  return {
    address: listener.address() as AddressInfo,
    listener,
    reload(tls) {
      listener.setSecureContext(settings.build(tls));
      const hasNewCa = tls.ca !== ca;
      ca = tls.ca;
      const authorities = parseAuthorities(ca);
      const ended = connections.destroyWhere(
        ({ certificate }) => hasNewCa && !isIssuedByOneOf(certificate, authorities),
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
      stopLooking();
      handshakes.close();
      return (closing ??= closeListener(listener, connections, sockets, graceMs));
    },
  };
}
