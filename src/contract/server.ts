import { z } from 'zod';
import { clockTroubleKinds } from '../core/server-clock';
import { count, instant, nullableText } from './answer-fields';

const bytes = count.describe('bytes');

const optionJson = z.object({
  name: z.string(),
  value: nullableText.describe('of a secret: "set" or "not set"'),
  is_default: z.boolean(),
  source: z.string().describe('flag, env, .env or default'),
  secret: z.boolean(),
  doc: z.string(),
});

const serverJson = z.object({
  name: z.string().describe('its machine and process'),
  version: z.string(),
  started_at: instant,
  silent_seconds: count.describe('since it last said that it runs; another one may lead after 10 seconds'),
  leads: z
    .boolean()
    .describe('whether it advances rollouts and does the other work that only one server may do'),
  behind: count.describe('changes of releases that it has not loaded yet'),
  is_this: z.boolean().describe('whether it is the one that answers'),
});

/** What runs here, and how it is configured. */
export const aboutJson = z.object({
  version: z.string(),
  node: z.string(),
  sqlite: nullableText.describe('version of SQLite; null when the database is PostgreSQL'),
  postgresql: nullableText.describe('version of PostgreSQL; null when the database is SQLite'),
  servers: z.array(serverJson).describe('those that share the PostgreSQL database; empty with SQLite'),
  started_at: instant,
  uptime_seconds: count,
  device_url: z.string(),
  options: z.array(optionJson),
  storage: z.object({
    bundles_bytes: bytes,
    uploads_bytes: count.describe('bytes of uploads that are on their way or were left'),
    database_bytes: bytes,
    other_bytes: count.describe('bytes of everything else in the data folder'),
    outside_bytes: count.describe('bytes of everything else on its disk, such as logs'),
    free_bytes: count.describe(
      'bytes left for bundles and the database; of the smaller disk where they have two',
    ),
  }),
});

/** For probes: figures of the store may follow. */
export const healthJson = z.looseObject({
  status: z.literal('ok'),
  version: z.string(),
  storage: z
    .enum(['writable', 'full', 'unwritable'])
    .describe('whether changes can be saved; devices are answered all the same'),
  bundle_store: z
    .enum(['working', 'failing'])
    .optional()
    .describe(
      'whether the object store answers, if bundles are in one; bundles in the cache are served all the same',
    ),
  leads: z.boolean().optional().describe('with PostgreSQL: whether this server leads'),
  catalog_version: count
    .optional()
    .describe('with PostgreSQL: of the releases that devices are answered from'),
  clock: z.enum(['right', ...clockTroubleKinds]).describe("how the server's own clock looks"),
});

export type OptionJson = z.infer<typeof optionJson>;
export type ServerJson = z.infer<typeof serverJson>;
export type AboutJson = z.infer<typeof aboutJson>;
