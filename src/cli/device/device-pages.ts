import { z } from 'zod';
import { devicePageJson } from '../../contract/device';
import type { AdminClient } from '../kernel/admin-client';
import { parseAnswer } from '../kernel/server-answer';

/** How many devices fit into one page. */
export const largestPage = 1_000;

/** The unchanged page, for scripts: it may say more about a device. */
const wholePage = devicePageJson
  .pick({ next: true })
  .extend({ devices: z.array(z.unknown()) })
  .loose();

/**
 * All pages of a list together.
 * @param query filters and order
 * @throws ServerRefusal; DomainError `unavailable`
 */
export async function allPages(
  client: Pick<AdminClient, 'get'>,
  query: Readonly<Record<string, string>>,
): Promise<{ readonly devices: readonly unknown[] }> {
  const devices: unknown[] = [];
  let after: string | undefined;
  for (;;) {
    const place = { ...query, limit: String(largestPage), ...(after === undefined ? {} : { after }) };
    const page = parseAnswer(wholePage, await client.get(devicesPath(place)));
    devices.push(...page.devices);
    if (page.next === null) return { ...page, devices };
    after = page.next;
  }
}

export function devicesPath(query: Readonly<Record<string, string>>): string {
  return Object.keys(query).length === 0
    ? '/api/devices'
    : `/api/devices?${new URLSearchParams(query).toString()}`;
}
