import { createHash, timingSafeEqual } from 'node:crypto';
import { RecentMap } from '../../base/collections/recent-map';
import { parseDeviceId } from '../../core/device';
import {
  defaultOverlapMs,
  holderKey,
  holderName,
  maxOverlapMs,
  parseDeviceToken,
  type TokenChange,
  type TokenHolder,
} from '../../core/device-token';
import { DomainError } from '../../core/errors';
import type { Actor, NewEvent } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import type { Clock, MonotonicClock } from '../../ports/clock';
import type { DeviceTokenRecords, StoredDeviceToken, TokenExpectation } from '../../ports/device-tokens';
import type { RandomBytes } from '../../ports/randomness';
import type { Sealing } from '../../ports/sealing';

/** What is known about a token without opening it. */
export interface DeviceTokenFacts {
  readonly createdAt: Date;
  readonly createdBy: string;
  /** Until when the previous token stays valid; `null` when there is none. */
  readonly previousUntil: Date | null;
}

/** A token as administrators see it: it belongs in a device's configuration, so it can be shown again. */
export interface ShownDeviceToken extends DeviceTokenFacts {
  readonly token: string;
}

export interface PutDeviceToken {
  /** Default: a new random one. */
  readonly token?: string | undefined;
  /** How long the replaced token stays valid, in milliseconds; default: a week. */
  readonly overlapMs?: number | undefined;
}

/** Tokens that identify devices without a certificate. Each change is on disk, with its line in the journal. */
export interface DeviceTokens {
  /** @throws DomainError `not-found`, `configuration` when the key that sealed it is missing */
  show(holder: TokenHolder): Promise<ShownDeviceToken>;
  /** Works without the key, too. `null` when there is no token. */
  describe(holder: TokenHolder): Promise<DeviceTokenFacts | null>;
  /**
   * Creates a token.
   * @throws DomainError `conflict` when there is one; `not-found` for a device that does not exist, `invalid-input`,
   * `configuration`
   */
  create(holder: TokenHolder, request: PutDeviceToken, actor: Actor): Promise<ShownDeviceToken>;
  /**
   * Replaces the token. Only the one it replaces may stay valid for a while, not an older one.
   * @throws DomainError as above; `not-found` when there is none
   */
  rotate(holder: TokenHolder, request: PutDeviceToken, actor: Actor): Promise<ShownDeviceToken>;
  /** Takes over a token that a device already uses, even if another is stored. @returns whether that changed something */
  adopt(holder: TokenHolder, token: string, actor: Actor): Promise<boolean>;
  /** Removes the token and the previous one. Both are refused at once. @throws DomainError `not-found` */
  remove(holder: TokenHolder, actor: Actor): Promise<void>;
  /** Removes every token, including the gateway's. @returns how many there were */
  removeAll(actor: Actor): Promise<number>;
  /** Whether a token is that of its holder, compared in constant time. @throws DomainError `configuration` */
  check(holder: TokenHolder, token: string): Promise<boolean>;
  /** Call it when a device was revoked: its token, if it has one, is removed, too. */
  revoked(deviceId: string, actor: Actor): Promise<void>;
  /** @param hear called for each revoked device, once its token is gone */
  whenRevoked(hear: (deviceId: string) => void): void;
  /** Call it when a device, and with it its token, was forgotten. */
  forgotten(deviceId: string): void;
  /** Whether the tokens that are stored can be opened. @throws DomainError `configuration` when they cannot */
  prove(): Promise<void>;
}

export interface DeviceTokenPorts {
  readonly records: DeviceTokenRecords;
  readonly sealing: Sealing;
  readonly randomBytes: RandomBytes;
  readonly now: Clock;
  readonly monotonicMs: MonotonicClock;
}

/** Hashes of the tokens that a holder may use. */
interface ValidTokens {
  readonly current: Buffer;
  readonly previous: Buffer;
  readonly previousUntil: Date | null;
}

const tokenSizeBytes = 16; // as hawkBit's, which are 32 hex digits
/**
 * How long a token is remembered, because a device reads thousands of ranges. Changes by other processes take effect within this
 * time.
 */
const rememberedForMs = 1_000;
const maxRemembered = 20_000;

export function createDeviceTokens(ports: DeviceTokenPorts): DeviceTokens {
  const { records, sealing, randomBytes, now, monotonicMs } = ports;
  const known = new RecentMap<
    string,
    { readonly atMs: number; readonly tokens: Promise<ValidTokens | null> }
  >(maxRemembered);
  const hearers: ((deviceId: string) => void)[] = [];
  /** The comparison for a holder without a token, which takes as long as for a wrong token. */
  const noTokenHash = randomBytes(32);

  async function read(holder: string): Promise<ValidTokens | null> {
    const stored = await records.find(holder);
    if (stored === undefined) return null;
    const { previous, previousUntil } = stored;
    return {
      current: hashOf(await sealing.open(stored.sealed, holder)),
      previous: previous === null ? noTokenHash : hashOf(await sealing.open(previous, holder)),
      previousUntil,
    };
  }

  /** @returns whether there are any. @throws DomainError `configuration` when they cannot be opened */
  async function areOpenable(): Promise<boolean> {
    const holder = await records.any();
    if (holder !== undefined) await read(holder);
    return holder !== undefined;
  }

  function validTokens(holder: string): Promise<ValidTokens | null> {
    const found = known.get(holder);
    const atMs = monotonicMs();
    if (found !== undefined && atMs - found.atMs < rememberedForMs) return found.tokens;
    const tokens = read(holder);
    known.set(holder, { atMs, tokens });
    tokens.catch(() => known.delete(holder));
    return tokens;
  }

  function line(
    holder: TokenHolder,
    what: TokenChange,
    actor: Actor,
    previousUntil: Date | null = null,
  ): NewEvent {
    const parameters = { holder: holderName(holder), until: previousUntil?.toISOString() ?? null };
    const subject = holder.kind === 'device' ? { deviceId: holder.id } : {};
    const reason = saying(`device-token-${what}`, parameters);
    return { kind: `device-token.${what}`, at: now(), actor, reason, subject };
  }

  async function put(
    holder: TokenHolder,
    { token, overlapMs = defaultOverlapMs }: PutDeviceToken,
    expects: TokenExpectation,
    actor: Actor,
  ): Promise<ShownDeviceToken> {
    const deviceId = holder.kind === 'device' ? parseDeviceId(holder.id) : null;
    if (!(overlapMs >= 0 && overlapMs <= maxOverlapMs)) throw DomainError.of('overlap-too-long');
    const text = token === undefined ? randomBytes(tokenSizeBytes).toString('hex') : parseDeviceToken(token);
    const key = holderKey(holder);
    const createdAt = now();
    const made = { createdAt, createdBy: actor.name };
    const overlapUntil = overlapMs === 0 ? null : new Date(createdAt.getTime() + overlapMs);
    // If tokens exist that cannot be opened, their key is lost. A new key for later tokens would hide that.
    const sealed = await sealing.seal(text, key, !(await areOpenable()));
    const became = await records.put(key, deviceId, { sealed, ...made, overlapUntil }, expects, (done) => [
      line(holder, done, actor, done === 'rotated' ? overlapUntil : null),
    ]);
    known.delete(key);
    if (became === 'taken') throw DomainError.of('device-token-taken', { holder: holderName(holder) });
    if (became === 'missing') throw noToken(holder);
    if (became === 'no-device') throw DomainError.of('no-such-device', { id: deviceId ?? '' });
    return { token: text, ...made, previousUntil: became === 'rotated' ? overlapUntil : null };
  }

  /** @returns whether there was one */
  async function remove(holder: TokenHolder, actor: Actor): Promise<boolean> {
    const key = holderKey(holder);
    const isGone = await records.remove(key, [line(holder, 'removed', actor)]);
    known.delete(key);
    return isGone;
  }

  function factsOf({ createdAt, createdBy, previousUntil }: StoredDeviceToken): DeviceTokenFacts {
    const isStillValid = previousUntil !== null && previousUntil > now();
    return { createdAt, createdBy, previousUntil: isStillValid ? previousUntil : null };
  }

  async function find(holder: TokenHolder): Promise<(StoredDeviceToken & { token: string }) | undefined> {
    const key = holderKey(holder);
    const stored = await records.find(key);
    return stored === undefined ? undefined : { ...stored, token: await sealing.open(stored.sealed, key) };
  }

  return {
    async show(holder) {
      const found = await find(holder);
      if (found === undefined) throw noToken(holder);
      return { token: found.token, ...factsOf(found) };
    },
    async describe(holder) {
      const stored = await records.find(holderKey(holder));
      return stored === undefined ? null : factsOf(stored);
    },
    create: (holder, request, actor) => put(holder, request, 'none', actor),
    rotate: (holder, request, actor) => put(holder, request, 'one', actor),
    async adopt(holder, token, actor) {
      if ((await find(holder))?.token === token) return false;
      await put(holder, { token }, 'any', actor);
      return true;
    },
    async remove(holder, actor) {
      if (!(await remove(holder, actor))) throw noToken(holder);
    },
    async removeAll(actor) {
      const kind = 'device-token.removed';
      const count = await records.removeAll((all) => [
        { kind, at: now(), actor, reason: saying('device-tokens-removed', { count: all }) },
      ]);
      for (const [holder] of [...known.entries()]) known.delete(holder);
      return count;
    },
    async check(holder, token) {
      const valid = await validTokens(holderKey(holder));
      const hash = hashOf(token);
      const isCurrent = timingSafeEqual(hash, valid?.current ?? noTokenHash);
      const isPrevious = timingSafeEqual(hash, valid?.previous ?? noTokenHash);
      const until = valid?.previousUntil ?? null;
      return isCurrent || (isPrevious && until !== null && now() < until);
    },
    async revoked(id, actor) {
      await remove({ kind: 'device', id }, actor);
      for (const hear of hearers) hear(id);
    },
    whenRevoked: (hear) => void hearers.push(hear),
    forgotten: (id) => void known.delete(holderKey({ kind: 'device', id })),
    async prove() {
      await areOpenable();
    },
  };
}

/** All hashes have the same length, as a comparison in constant time needs. */
function hashOf(token: string): Buffer {
  return createHash('sha256').update(token).digest();
}

function noToken(holder: TokenHolder): DomainError {
  return DomainError.of('no-such-device-token', { holder: holderName(holder) });
}
