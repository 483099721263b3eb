import { z } from 'zod';
import { clockTroubleKinds } from '../core/server-clock';
import { count, instant, nullableText } from './answer-fields';

const bytes = count.describe('Bytes');

const optionJson = z.object({
  name: z.string(),
  value: nullableText.describe('For a secret: "set" or "not set"'),
  is_default: z.boolean(),
  source: z.string().describe('flag, env, .env or default'),
  secret: z.boolean(),
  doc: z.string(),
});

const serverJson = z.object({
  name: z.string().describe('Machine and process'),
  version: z.string(),
  started_at: instant,
  silent_seconds: count.describe(
    'Seconds since its last heartbeat; after 10 seconds another server may lead',
  ),
  leads: z
    .boolean()
    .describe('Whether it advances rollouts and does the other work that only one server may do'),
  behind: count.describe('Changes of releases that it has not loaded yet'),
  is_this: z.boolean().describe('Whether it is the server that answers'),
});

/** What runs here, and how it is configured. */
export const aboutJson = z.object({
  version: z.string(),
  node: z.string(),
  sqlite: nullableText.describe('Version of SQLite; null when the database is PostgreSQL'),
  postgresql: nullableText.describe('Version of PostgreSQL; null when the database is SQLite'),
  servers: z.array(serverJson).describe('Servers that share the PostgreSQL database; empty with SQLite'),
  started_at: instant,
  uptime_seconds: count,
  device_url: z.string(),
  options: z.array(optionJson),
  storage: z.object({
    bundles_bytes: bytes,
    uploads_bytes: count.describe('Bytes of uploads in progress or left behind'),
    database_bytes: bytes,
    other_bytes: count.describe('Bytes of everything else in the data folder'),
    outside_bytes: count.describe('Bytes of everything else on its disk, such as logs'),
    free_bytes: count.describe(
      'Bytes left for bundles and the database; if they are on two disks, on the one with less room',
    ),
  }),
});

/** For probes; may contain further figures about the store. */
export const healthJson = z.looseObject({
  status: z.literal('ok'),
  version: z.string(),
  storage: z
    .enum(['writable', 'full', 'unwritable'])
    .describe('Whether changes can be saved; devices are answered even if not'),
  bundle_store: z
    .enum(['working', 'failing'])
    .optional()
    .describe(
      'Whether the object store answers, if bundles are in one; cached bundles are served even if it does not',
    ),
  leads: z.boolean().optional().describe('With PostgreSQL: whether this server leads'),
  catalog_version: count
    .optional()
    .describe('With PostgreSQL: version of the releases that devices are answered from'),
  clock: z.enum(['right', ...clockTroubleKinds]).describe("The state of the server's own clock"),
});

export type OptionJson = z.infer<typeof optionJson>;
export type ServerJson = z.infer<typeof serverJson>;
export type AboutJson = z.infer<typeof aboutJson>;
