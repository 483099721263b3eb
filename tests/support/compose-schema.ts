import { z } from 'zod';

/** The fields of the Compose specification that compose.scale.yaml uses; a misspelt one fails instead of being ignored. */
const object = z.strictObject;

const duration = z.string().regex(/^\d+(ms|s|m|h)$/);
/** `[address:]published:container` */
const port = z.string().regex(/^([\d.]+:)?\d+:\d+$/);
/** `name-or-path:path[:ro]` */
const mount = z.string().regex(/^(\.\/)?[\w./-]+:\/[\w./-]+(:ro)?$/);

const service = object({
  build: z.string().optional(),
  image: z
    .string()
    .regex(/^[\w./-]+(:[\w.-]+)?$/)
    .refine((name) => !name.endsWith(':latest')),
  init: z.boolean().optional(),
  restart: z.enum(['no', 'always', 'on-failure', 'unless-stopped']).optional(),
  read_only: z.boolean().optional(),
  tmpfs: z.array(z.string().startsWith('/')).optional(),
  cap_drop: z.array(z.string()).optional(),
  security_opt: z.tuple([z.literal('no-new-privileges:true')]),
  stop_grace_period: duration.optional(),
  shm_size: z
    .string()
    .regex(/^\d+mb$/)
    .optional(),
  profiles: z.array(z.string()).optional(),
  command: z.array(z.string()).optional(),
  entrypoint: z.array(z.string()).optional(),
  environment: z.record(z.string(), z.string()).optional(),
  depends_on: z
    .union([
      z.array(z.string()),
      z.record(
        z.string(),
        object({
          condition: z.enum(['service_started', 'service_healthy', 'service_completed_successfully']),
        }),
      ),
    ])
    .optional(),
  healthcheck: object({
    test: z.array(z.string()),
    interval: duration,
    timeout: duration,
    retries: z.int().positive(),
  }).optional(),
  networks: z.record(z.string(), object({ ipv4_address: z.ipv4() })).optional(),
  ports: z.array(port).optional(),
  volumes: z.array(mount).optional(),
});

const compose = object({
  name: z.string().regex(/^[a-z0-9][a-z0-9_-]*$/),
  'x-server': z.unknown(),
  services: z.record(z.string(), service),
  networks: object({
    default: object({ ipam: object({ config: z.tuple([object({ subnet: z.cidrv4() })]) }) }),
  }),
  volumes: z.record(z.string(), z.null()),
});

export type Compose = z.infer<typeof compose>;

/** @throws ZodError that names each field which Compose would refuse */
export function readCompose(value: unknown): Compose {
  return compose.parse(value);
}
