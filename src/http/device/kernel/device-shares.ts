import type { X509Certificate } from 'node:crypto';
import { machineMemoryBytes } from '../../../base/machine/memory';
import type { RefusedSubject } from '../../../core/connection-refusal';
import type { Clock, MonotonicClock } from '../../../ports/clock';
import type { RequestLog } from '../../../ports/log';
import type { RefusedCertificates } from '../../../services/certificates/refused-certificates';
import type { OverBudget } from '../../../services/overview/over-budget';
import { createIsTrustedProxy } from '../../client-address';
import { expelConnection } from '../transport/connections';
import { DeviceBudgets } from '../transport/device-budgets';
import type { Exchange } from '../transport/exchange';
import { HandshakeGuard } from '../transport/handshake-guard';
import { handshakeLimits, type HandshakeLimits } from '../transport/handshake-queue';
import { limits } from '../transport/listener';
import { PeerAddresses } from '../transport/peer-addresses';
import { ProxyGate } from '../transport/proxy-gate';
import { type MemoryLimits, memoryLimitsOf, SendMemory } from '../transport/send-memory';
import { BodyReader } from './body-reader';
import { createCharge } from './charge-requests';
import { Counters } from './counters';
import type { Charge } from './handler';
import { createNotices, type Notices } from './notices';

/** What the listeners for devices have in common, so that a device that uses both gets no second share of anything. */
export interface DeviceShares {
  readonly counters: Counters;
  readonly memory: SendMemory;
  readonly budgets: DeviceBudgets;
  readonly bodies: BodyReader;
  readonly charge: Charge;
  readonly notices: Notices;
  /** Called when bytes of a bundle were sent on a connection. */
  readonly onBytes: (exchange: Pick<Exchange, 'connection'>) => void;
  readonly monotonicMs: MonotonicClock;
}

export interface DeviceSharesOptions {
  readonly services: {
    readonly overBudget: Pick<OverBudget, 'note'>;
    readonly refusedCertificates: Pick<RefusedCertificates, 'note'>;
  };
  /** Describes a refused certificate for people. */
  readonly describeRefused: (certificate: X509Certificate) => RefusedSubject;
  /** How long a body may take to arrive, in milliseconds; default: half a minute. */
  readonly bodyTimeoutMs?: number;
  /** Limits on what was read for devices and not sent yet; the default depends on the memory of the machine. */
  readonly memoryLimits?: MemoryLimits;
  /** Default: the process's clock. */
  readonly monotonicMs?: MonotonicClock;
  readonly log: RequestLog;
  readonly now: Clock;
}

export function openDeviceShares(options: DeviceSharesOptions): DeviceShares {
  const { services, describeRefused, log, now, monotonicMs = () => performance.now() } = options;
  const { overBudget, refusedCertificates } = services;
  const memory = new SendMemory(options.memoryLimits ?? memoryLimitsOf(machineMemoryBytes()));
  const counters = new Counters();
  const notices = createNotices({ counters, overBudget, refusedCertificates, describeRefused, log, now });
  return {
    counters,
    memory,
    budgets: new DeviceBudgets(memory),
    bodies: new BodyReader(options.bodyTimeoutMs ?? limits.bodyTimeoutMs),
    charge: createCharge({
      monotonicMs,
      onRefused: (deviceId) => notices.excess({ deviceId }, 'requests'),
      expel: expelConnection,
    }),
    notices,
    onBytes({ connection }) {
      connection.movedAtMs = monotonicMs();
    },
    monotonicMs,
  };
}

export interface HandshakeOptions {
  readonly handshakeLimits?: HandshakeLimits;
  /** Addresses and networks of proxies that pass on the connections of many devices; default: none. */
  readonly trustedProxies?: readonly string[];
  /** Addresses and networks of proxies whose connections begin with a PROXY header; default: none. */
  readonly proxyProtocolFrom?: readonly string[];
  /** Learns what PROXY headers say. */
  readonly addresses?: PeerAddresses;
}

/** Limits each address to its share of handshakes on one listener. */
export function guardHandshakes(
  listener: ConstructorParameters<typeof HandshakeGuard>[0],
  { notices, monotonicMs }: Pick<DeviceShares, 'notices' | 'monotonicMs'>,
  {
    handshakeLimits: queueLimits = handshakeLimits,
    trustedProxies = [],
    proxyProtocolFrom = [],
    addresses = new PeerAddresses(),
  }: HandshakeOptions,
): HandshakeGuard {
  return new HandshakeGuard(listener, {
    limits: queueLimits,
    crowdedTimeoutMs: limits.crowdedHandshakeTimeoutMs,
    isExempt: createIsTrustedProxy(trustedProxies),
    addresses,
    gate: new ProxyGate({
      speaksProxy: createIsTrustedProxy(proxyProtocolFrom),
      addresses,
      timeoutMs: limits.proxyHeaderTimeoutMs,
      onRefused: (address, reason) => notices.refused({ cause: 'other', reason }, { address }),
    }),
    monotonicMs,
    onRefused: (address, reason) => notices.refused({ cause: 'too-many-handshakes', reason }, { address }),
  });
}
