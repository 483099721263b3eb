import { createHash } from 'node:crypto';
import { compareNaturally } from '../../base/text/natural-order';
import { DomainError } from '../../core/errors';
import type { NewEvent } from '../../core/event';
import { saying } from '../../core/journal/catalogue';
import type { Token, TokenScope } from '../../core/token';
import type { TokenRecords } from '../../ports/access';
import type { RandomBytes } from '../../ports/randomness';
import type { Clock } from '../../ports/clock';

export type { Token, TokenScope } from '../../core/token';

/** Admin tokens: shown once, stored as SHA-256. Each change is on disk with its line in the journal, or not at all. */
export interface ManageTokens {
  /**
   * @returns the secret (`rss_` and 43 characters of base64url), which cannot be shown again
   * @throws DomainError `invalid-input` for a bad name, `conflict` for a name in use
   */
  create(request: {
    readonly name: string;
    readonly scope: TokenScope;
    readonly actor: string;
    readonly address?: string | null;
  }): Promise<{ readonly secret: string; readonly token: Token }>;
  list(): Promise<readonly Token[]>;
  /** Whether there is a token that is not revoked. */
  exists(): Promise<boolean>;
  /** Does nothing to a token that is already revoked. @throws DomainError `not-found` */
  revoke(request: {
    readonly name: string;
    readonly actor: string;
    readonly address?: string | null;
  }): Promise<Token>;
  /** The token of a secret, unless it is unknown or revoked. Asks the database, so changes by other processes take effect. */
  find(secret: string): Promise<Token | undefined>;
}

export interface TokenPorts {
  readonly tokens: TokenRecords;
  readonly randomBytes: RandomBytes;
  readonly now: Clock;
}

const namePattern = /^[A-Za-z0-9._-]{1,64}$/;
const secretSizeBytes = 32;
const secretPattern = /^rss_[A-Za-z0-9_-]{43}$/;

export function createManageTokens({ tokens, randomBytes, now }: TokenPorts): ManageTokens {
  return {
    async create({ name, scope, actor, address = null }) {
      if (!namePattern.test(name)) throw badName(name);
      const secret = `rss_${randomBytes(secretSizeBytes).toString('base64url')}`;
      const token: Token = { name, scope, createdAt: now(), createdBy: actor, revokedAt: null };
      const event: NewEvent = {
        kind: 'token.created',
        at: token.createdAt,
        actor: { name: actor, address },
        reason: saying('token-created', { token: name, scope }),
        after: { name, scope },
      };
      if (!(await tokens.add(token, hashOf(secret), [event]))) throw nameInUse(name);
      return { secret, token };
    },
    list: async () => [...(await tokens.all())].sort((a, b) => compareNaturally(a.name, b.name)),
    exists: async () => (await tokens.all()).some(({ revokedAt }) => revokedAt === null),
    async revoke({ name, actor, address = null }) {
      const at = now();
      const event: NewEvent = {
        kind: 'token.revoked',
        at,
        actor: { name: actor, address },
        reason: saying('token-revoked', { token: name }),
        before: { name },
      };
      const token = await tokens.revoke(name, at, actor, [event]);
      if (token === undefined) throw noToken(name);
      return token;
    },
    async find(secret) {
      // A secret has 256 random bits, so its plain hash reveals nothing, and comparing hashes in an index leaks nothing.
      if (!secretPattern.test(secret)) return undefined;
      const token = await tokens.findByHash(hashOf(secret));
      return token?.revokedAt === null ? token : undefined;
    },
  };
}

function hashOf(secret: string): string {
  return createHash('sha256').update(secret).digest('hex');
}

function badName(name: string): DomainError {
  return DomainError.of('not-a-token-name', { name: name.slice(0, 80) });
}

function nameInUse(name: string): DomainError {
  return DomainError.of('token-name-taken', { name });
}

function noToken(name: string): DomainError {
  return DomainError.of('no-such-token', { name: name.slice(0, 80) });
}
