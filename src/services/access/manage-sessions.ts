import { createHash } from 'node:crypto';
import type { NewEvent } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import type { Token } from '../../core/token';
import type { SessionRecords } from '../../ports/access';
import type { RandomBytes } from '../../ports/randomness';
import type { Clock } from '../../ports/clock';

/** Signed-in browsers. A cookie holds a random id, which stands for a token that the browser does not have. */
export interface ManageSessions {
  /** @returns the id (43 characters of base64url), which is not stored, and how long it is valid */
  begin(token: Token, address: string | null): Promise<{ readonly id: string; readonly lifetimeMs: number }>;
  /** The token of a session, unless that has expired or its token was revoked. */
  find(id: string): Promise<Token | undefined>;
  /** Ends a session. Does nothing for one that is unknown or has ended. */
  end(id: string, address: string | null): Promise<void>;
}

export interface SessionPorts {
  readonly sessions: SessionRecords;
  /** Counted from the sign-in, used or not; default: 12 hours. */
  readonly sessionLifetimeMs?: number | undefined;
  readonly randomBytes: RandomBytes;
  /** How long the server has been up, in milliseconds: setting the clock does not change it. */
  readonly ageMs: () => number;
  readonly now: Clock;
}

const defaultLifetimeMs = 12 * 3_600_000;
const idSizeBytes = 32;
const idPattern = /^[A-Za-z0-9_-]{43}$/;
/** How many sessions may share a token; the oldest one is removed for a new one. */
const maxOfToken = 20;

export function createManageSessions(ports: SessionPorts): ManageSessions {
  const { sessions, sessionLifetimeMs: lifetimeMs = defaultLifetimeMs, randomBytes, ageMs, now } = ports;

  async function find(id: string): Promise<Token | undefined> {
    if (!idPattern.test(id)) return undefined;
    const session = await sessions.find(hashOf(id));
    if (session === undefined) return undefined;
    const { expiresAt, endsAgeMs } = session;
    if (endsAgeMs === null ? expiresAt <= now() : endsAgeMs <= ageMs()) return undefined;
    return session.token.revokedAt === null ? session.token : undefined;
  }

  const line = (
    kind: 'session.begun' | 'session.ended',
    { name }: Token,
    address: string | null,
  ): NewEvent => ({
    kind,
    at: now(),
    actor: { name: `token:${name}`, address },
    reason: saying(kind === 'session.begun' ? 'session-begun' : 'session-ended', { token: name }),
  });

  return {
    async begin(token, address) {
      const id = randomBytes(idSizeBytes).toString('base64url');
      const createdAt = now();
      const expiresAt = new Date(createdAt.getTime() + lifetimeMs);
      const session = { idHash: hashOf(id), tokenName: token.name, createdAt, expiresAt };
      const presentAgeMs = ageMs();
      await sessions.add(
        { ...session, endsAgeMs: presentAgeMs + lifetimeMs },
        { ageMs: presentAgeMs, maxOfToken },
        [line('session.begun', token, address)],
      );
      return { id, lifetimeMs };
    },
    find,
    async end(id, address) {
      const token = await find(id);
      if (token === undefined) return;
      await sessions.remove(hashOf(id), [line('session.ended', token, address)]);
    },
  };
}

/** The id has 256 random bits: as with tokens, a plain hash is enough. */
function hashOf(id: string): string {
  return createHash('sha256').update(id).digest('hex');
}
