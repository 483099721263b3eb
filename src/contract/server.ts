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

/** What runs here, and how it is configured. */
export const aboutJson = z.object({
  version: z.string(),
  node: z.string(),
  sqlite: z.string(),
  started_at: instant,
  uptime_seconds: count,
  device_url: z.string(),
  options: z.array(optionJson),
  storage: z.object({ bundles_bytes: bytes, database_bytes: bytes, free_bytes: bytes }),
});

/** For probes: figures of the store may follow. */
export const healthJson = z.looseObject({
  status: z.literal('ok'),
  version: z.string(),
  clock: z.enum(['right', ...clockTroubleKinds]).describe("how the server's own clock looks"),
});

export type OptionJson = z.infer<typeof optionJson>;
export type AboutJson = z.infer<typeof aboutJson>;
