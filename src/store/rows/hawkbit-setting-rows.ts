import type { Selectable } from 'kysely';
import { z } from 'zod';
import { type HawkbitSettings, noHawkbitSettings } from '../../core/hawkbit-settings';
import type { HawkbitSettingTable } from './schema';

/** Values as they are stored. What a later version has stored is left out. */
const stored = z.object({
  pollingTimeMs: z.number().nullable().catch(null),
  pollingOverdueTimeMs: z.number().nullable().catch(null),
  acceptsTargetTokens: z.boolean().nullable().catch(null),
  acceptsGatewayToken: z.boolean().nullable().catch(null),
  acceptsProxyHeader: z.boolean().nullable().catch(null),
  proxyAuthorities: z.array(z.string()).nullable().catch(null),
});

export function toHawkbitSettings(rows: readonly Selectable<HawkbitSettingTable>[]): HawkbitSettings {
  const values = rows.map(({ name, value }) => [name, JSON.parse(value) as unknown] as const);
  return stored.parse({ ...noHawkbitSettings, ...Object.fromEntries(values) });
}
