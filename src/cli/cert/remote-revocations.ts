import { z } from 'zod';
import { revocationsJson } from '../../contract/revocation';
import type { Revocation } from '../../core/certificate';
import type { AdminClient } from '../kernel/admin-client';
import { parseAnswer } from '../kernel/server-answer';

const largestPage = 1_000;

/** The unchanged page, for scripts: it may say more about a revocation. */
const wholePage = revocationsJson
  .pick({ next: true })
  .extend({ revocations: z.array(z.unknown()) })
  .loose();

/**
 * All revocations of a running server, newest first, from all pages.
 * @throws ServerRefusal; DomainError `unavailable`
 */
export async function listRemoteRevocations(client: Pick<AdminClient, 'get'>): Promise<object> {
  const all: unknown[] = [];
  let place = '';
  for (;;) {
    const page = parseAnswer(wholePage, await client.get(`/api/revocations?limit=${largestPage}${place}`));
    all.push(...page.revocations);
    if (page.next === null) return { ...page, revocations: all };
    place = `&after=${encodeURIComponent(page.next)}`;
  }
}

/** The answer of {@link listRemoteRevocations}. */
export function remoteRevocations(answer: object): readonly Revocation[] {
  return parseAnswer(revocationsJson.pick({ revocations: true }), answer).revocations.map(
    ({ device, serial, revoked_at: at, reason }) => ({
      commonName: device ?? '',
      serial,
      revokedAt: new Date(at),
      reason,
    }),
  );
}
