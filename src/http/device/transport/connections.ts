import { constants, type ServerHttp2Session } from 'node:http2';
import type { Socket } from 'node:net';
import type { TLSSocket } from 'node:tls';
import { circumstance } from '../../../core/circumstances/catalogue';
import type { Why } from '../../../core/reasons/why';
import type { ConnectionRefusal, RefusalCause } from '../../../core/connection-refusal';
import type { DeviceIdentity } from '../../../core/device';
import { ReadTrail } from '../../../services/catalog/read-trail';
import { leastMissed } from '../../least-missed';
import type { ConnectionMemory } from './answer-memory';
import type { ConnectionLimits } from './connection-limits';
import type { DeviceBudget, DeviceBudgets } from './device-budgets';
import { OldCertificates } from './old-certificates';
import type { PeerCertificate } from '../../../ports/certificates';
import type { Clock, MonotonicClock } from '../../../ports/clock';

export type IdentityAnswer =
  | {
      readonly ok: true;
      readonly identity: DeviceIdentity;
      /** When the certificate expires. */
      readonly expiresAtMs: number;
      /** Whether its certificate does not state its purpose; see {@link OldCertificates}. */
      readonly isOld?: boolean;
    }
  | { readonly ok: false; readonly reason: Why; readonly cause?: RefusalCause };

/** Decides who may connect. */
export interface AdmissionRules {
  /**
   * The device that a certificate is for, and whether its issuer may vouch for that device; TLS has verified the chain.
   */
  readonly identify: (certificate: PeerCertificate) => IdentityAnswer;
  /** @param serial as in {@link DeviceIdentity.certificateSerial} */
  readonly isRevoked: (serial: string) => boolean;
  /** Whether the revocations are up to date; they are when left out. */
  readonly knowsRevocations?: () => boolean;
  readonly now: Clock;
}

/** A connection, for as long as one device uses it. */
export interface Connection {
  readonly socket: Socket;
  /** The device's address, IPv4 in its own notation; `null` if the device is already gone. */
  readonly address: string | null;
  /** `null` if the device sent none. */
  readonly certificate: PeerCertificate | null;
  readonly identity: DeviceIdentity;
  /** When the certificate expires. */
  readonly expiresAtMs: number;
  /** What the device uses over all its connections. */
  readonly budget: DeviceBudget;
  /** The memory that its answers hold. */
  readonly memory: ConnectionMemory;
  /** Which parts of bundles it reads. */
  readonly trail: ReadTrail;
  /** `null` for HTTP/1.1. */
  session: ServerHttp2Session | null;
  openRequests: number;
  /** When a request last began or ended, or bytes of a bundle were sent: milliseconds of a monotonic clock. */
  movedAtMs: number;
  /** Whether it takes no further requests. */
  isEnding: boolean;
}

export type Admission =
  | { readonly ok: true; readonly connection: Connection }
  | {
      readonly ok: false;
      readonly refusal: ConnectionRefusal;
      readonly device?: string;
    };

/** The open connections of devices. */
export class Connections {
  readonly oldCertificates = new OldCertificates();
  readonly #open = new Set<Connection>();
  readonly #byDevice = new Map<string, Set<Connection>>();
  #replaced = 0;
  #isClosed = false;

  constructor(
    private readonly rules: AdmissionRules,
    private readonly limits: ConnectionLimits,
    private readonly budgets: DeviceBudgets,
    private readonly monotonicMs: MonotonicClock,
  ) {}

  get size(): number {
    return this.#open.size;
  }

  /** How many were closed since the start to make room for a new one of their device. */
  get replaced(): number {
    return this.#replaced;
  }

  openRequests(): number {
    let sum = 0;
    for (const { openRequests } of this.#open) sum += openRequests;
    return sum;
  }

  /**
   * Identifies the peer. Resuming a TLS session does not verify the certificate again, so expiry and revocation are checked here.
   * @param certificate the peer's certificate
   * @param address the peer's address; `null` if it is already gone
   */
  admit(socket: TLSSocket, certificate: PeerCertificate | undefined, address: string | null): Admission {
    if (this.#isClosed) return refuse('other', circumstance('server-is-stopping'));
    if (certificate === undefined) return refuse('no-certificate', circumstance('certificate-not-shown'));
    const answer = this.rules.identify(certificate);
    if (!answer.ok) return refuse(answer.cause ?? 'not-a-device-certificate', answer.reason);
    const { identity, expiresAtMs } = answer;
    const admission = this.open({
      socket,
      address,
      certificate,
      identity,
      expiresAtMs,
    });
    if (!admission.ok) return admission;
    this.oldCertificates.note(identity.id, answer.isOld === true);
    socket.once('close', () => this.leave(admission.connection));
    return admission;
  }

  /** Registers an admitted connection; the caller must call {@link leave}. */
  open(who: Pick<Connection, 'socket' | 'address' | 'certificate' | 'identity' | 'expiresAtMs'>): Admission {
    if (this.#isClosed) return refuse('other', circumstance('server-is-stopping'));
    const { id } = who.identity;
    const refusal = this.findRefusal(who) ?? this.#findDoubt(who) ?? this.#makeRoom(id);
    if (refusal !== undefined) return { ok: false, refusal, device: id };
    const budget = this.budgets.of(id);
    const connection: Connection = {
      budget,
      memory: this.budgets.openMemory(budget),
      trail: new ReadTrail(),
      session: null,
      openRequests: 0,
      movedAtMs: this.monotonicMs(),
      isEnding: false,
      ...who, // last, which costs V8 far less
    };
    this.#add(connection);
    return { ok: true, connection };
  }

  /** The connection is gone, or another device uses it from now on. */
  leave(connection: Connection): void {
    this.#remove(connection);
    connection.memory.close();
  }

  /** An open connection stays open: its certificate was not revoked when revocations were last known. */
  #findDoubt({ identity }: Pick<Connection, 'identity'>): ConnectionRefusal | undefined {
    if (identity.certificateSerial === null || this.rules.knowsRevocations?.() !== false) return undefined;
    return { cause: 'revocations-unknown', reason: circumstance('revocations-unknown') };
  }

  /** A device at its limit loses the connection that it needs least: a board that was rebooted must get in. */
  #makeRoom(device: string): ConnectionRefusal | undefined {
    const { perDevice, stuckAfterMs } = this.limits;
    const own = this.#byDevice.get(device);
    if (own === undefined || own.size < perDevice) return undefined;
    const oldest = leastMissed(own, this.monotonicMs() - stuckAfterMs);
    if (oldest === undefined)
      return {
        cause: 'too-many-connections',
        reason: circumstance('connections-in-use', { count: own.size }),
      };
    this.#replaced += 1;
    this.#remove(oldest);
    if (oldest.session === null) oldest.socket.destroy();
    else oldest.session.destroy(); // GOAWAY
    return undefined;
  }

  #add(connection: Connection): void {
    const { id } = connection.identity;
    this.#open.add(connection);
    const own = this.#byDevice.get(id);
    if (own === undefined) this.#byDevice.set(id, new Set([connection]));
    else own.add(connection);
  }

  #remove(connection: Connection): void {
    const { id } = connection.identity;
    this.#open.delete(connection);
    const own = this.#byDevice.get(id);
    own?.delete(connection);
    if (own?.size === 0) this.#byDevice.delete(id);
  }

  /** Why a connection may make no more requests. Cheap, because it is asked for each request. */
  findRefusal({
    identity,
    expiresAtMs,
  }: Pick<Connection, 'identity' | 'expiresAtMs'>): ConnectionRefusal | undefined {
    const { certificateSerial: serial } = identity;
    if (serial !== null && this.rules.isRevoked(serial))
      return { cause: 'revoked', reason: circumstance('certificate-is-revoked') };
    const hasExpired = this.rules.now().getTime() >= expiresAtMs;
    return hasExpired ? { cause: 'expired', reason: circumstance('certificate-has-expired') } : undefined;
  }

  each(look: (connection: Connection) => void): void {
    for (const connection of this.#open) look(connection);
  }

  /** Ends all that match at once. @returns how many */
  destroyWhere(fits: (connection: Connection) => boolean): number {
    const chosen = [...this.#open].filter(fits);
    for (const { socket } of chosen) socket.destroy();
    return chosen.length;
  }

  /** Admits no further connections, and ends each one after its running requests. */
  close(): void {
    this.#isClosed = true;
    for (const connection of [...this.#open]) endConnection(connection);
  }
}

function refuse(cause: RefusalCause, reason: Why): Admission {
  return { ok: false, refusal: { cause, reason } };
}

/** How long a GOAWAY may take to leave, in milliseconds. */
const farewellMs = 250;

/** Ends a connection that exceeded a budget, with everything that runs on it. */
export function expelConnection(connection: Connection): void {
  const { socket, session } = connection;
  connection.isEnding = true;
  session?.goaway(constants.NGHTTP2_ENHANCE_YOUR_CALM);
  setTimeout(() => socket.destroy(), farewellMs).unref();
}

/** Ends a connection after its running requests. */
export function endConnection(connection: Connection): void {
  connection.isEnding = true;
  if (connection.session !== null)
    connection.session.close(); // GOAWAY; waits for its streams
  else if (connection.openRequests === 0) connection.socket.destroySoon();
}
