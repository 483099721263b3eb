import { z } from 'zod';

/** What the commands read of the REST API's answers; there may be more in them. */
const text = z.string().nullable();

export const installationAnswer = z.object({
  id: z.number(),
  bundle: z.string(),
  state: z.string(),
  target_version: text,
  from_version: text,
  from_slot: text,
  booted_version: text,
  booted_slot: text,
  offered_at: z.string(),
  updated_at: z.string(),
  attempts: z.number(),
  bundle_size: z.number(),
  bytes_sent: z.number(),
  bytes_saved: z.number().nullable(),
  progress: z.number().nullable(),
  message: text,
  cleared_at: text,
});

const boardAnswer = z.object({
  serial: text,
  boot_id: text,
  machine_id: text,
  address: text,
  first_seen_at: z.string(),
});

export type BoardAnswer = z.infer<typeof boardAnswer>;

export const deviceAnswer = z.object({
  id: z.string(),
  created_at: z.string(),
  first_contact_at: text,
  last_contact_at: text,
  address: text,
  protocol: text,
  compatible: text,
  variant: text,
  serial: text,
  machine_id: text,
  system_version: text,
  attributes: z.record(z.string(), z.string()),
  channel: z.string(),
  labels: z.array(z.string()),
  notes: z.string(),
  admission: z.string(),
  hold: z.object({ reason: z.string(), by: z.string(), at: z.string() }).nullable(),
  pin: z.object({ bundle: z.string(), by: z.string(), at: z.string() }).nullable(),
  certificates: z.array(
    z.object({ serial: z.string(), last_seen_at: z.string(), revoked_at: text.default(null) }),
  ),
  certificate_compatibles: z.array(z.string()),
  claimed_compatible: text,
  second_board: z.object({ found_at: z.string(), own: boardAnswer, other: boardAnswer }).nullable(),
  poller_omits: z.array(z.string()).nullable(),
  installation: installationAnswer.nullable(),
});

export type DeviceAnswer = z.infer<typeof deviceAnswer>;
export type InstallationAnswer = z.infer<typeof installationAnswer>;

export const devicesAnswer = z.object({
  devices: z.array(deviceAnswer),
  next: text,
  total: z.number(),
});

/** A page as it is, for scripts that may know more of a device. */
export const devicePageAnswer = z.looseObject({ devices: z.array(z.unknown()), next: text });

export const installationsAnswer = z.object({ installations: z.array(installationAnswer) });

/** The list as it is, for scripts. */
export const installationListAnswer = z.looseObject({ installations: z.array(z.unknown()) });

export const logAnswer = z.object({ log: z.string() });

const protocolAnswer = z.object({
  protocol: z.string(),
  offered: text,
  reason: text,
  message: z.string(),
  rules: z.array(z.object({ rule: z.string(), passed: z.boolean().nullable(), message: z.string() })),
});

export type ProtocolAnswer = z.infer<typeof protocolAnswer>;

export const explanationAnswer = z.object({
  device: z.string(),
  answers: z.array(protocolAnswer),
});
