import { z } from 'zod';
import { admissions } from '../core/device';
import { deviceSorts } from '../core/device-sort';
import { pinKinds } from '../core/pin-terms';
import { agoForm } from '../core/time-or-ago';
import { provingHeaders } from '../core/silent-poller';
import { count, instant, nullableInstant, nullableText, stringList } from './answer-fields';
import { installationJson, installationState } from './installation';
import { compatible, deviceId, optionalFlag, pageLimit, wholeNumber, word } from './request-fields';
import { whyFields } from './why';

/** The path of a request about one device. */
export const deviceParams = z.object({ id: deviceId });

const deviceInput = z.strictObject({
  channel: word.optional(),
  labels: z.array(word).max(100).optional().describe('Replaces all existing labels'),
  notes: z.string().max(2_000).optional(),
});

export const newDeviceBody = deviceInput.extend({ id: deviceId });

export const deviceChangeBody = deviceInput.extend({
  add_labels: z.array(word).max(100).optional(),
  remove_labels: z.array(word).max(100).optional(),
});

/** A time, or an age such as `7d`. */
export const timeOrAgo = z
  .union(
    [z.iso.datetime({ offset: true }), z.string().regex(agoForm)],
    'not a time such as 2026-03-01T09:30:00Z or 7d',
  )
  .describe('A time such as 2026-03-01T09:30:00Z, or how long ago, such as 90m, 12h or 7d');

/** Selects devices; a device must match all given fields. */
const deviceFilterFields = {
  search: z
    .string()
    .max(100)
    .optional()
    .describe(
      'Part of the id, the serial number, the machine id, the address, the notes, an attribute or a label',
    ),
  compatible: compatible.optional(),
  channel: word.optional(),
  version: z.string().min(1).max(256).optional(),
  label: word.optional(),
  state: z
    .enum([...installationState.options, 'none'])
    .optional()
    .describe('Of the latest installation'),
  held: optionalFlag,
  pinned: optionalFlag,
  waiting: optionalFlag,
  second_board: optionalFlag.describe('Two boards use its certificate'),
  other_compatible: optionalFlag.describe('Its reported compatible is not among those of its certificate'),
  silent_poller: optionalFlag.describe("RAUC's own poller does not report its version or boot id"),
  release: wholeNumber.transform(Number).optional().describe('The latest installation is for this release'),
  last_contact_before: timeOrAgo
    .optional()
    .describe('Last heard before this: a time such as 2026-03-01T09:30:00Z, or how long ago, such as 7d'),
};

export const deviceFilterQuery = z.strictObject(deviceFilterFields);

export const deviceListQuery = z.strictObject({
  ...deviceFilterFields,
  sort: z.enum(deviceSorts).default('id'),
  order: z.enum(['asc', 'desc']).default('asc'),
  limit: pageLimit,
  after: z.string().max(4_000).optional().describe('`next` of the previous page'),
});

const boardJson = z.object({
  serial: nullableText,
  boot_id: nullableText,
  machine_id: nullableText,
  address: nullableText,
  system_version: nullableText,
  first_seen_at: instant,
  last_seen_at: instant,
});

const seenCertificateJson = z.object({
  serial: z.string(),
  first_seen_at: instant,
  last_seen_at: instant,
  revoked_at: nullableInstant.describe('When it was revoked'),
});

const pinTermsJson = z
  .object({
    kind: z.enum(pinKinds).describe('`forced`, `soft` (when it suits the device), or only downloaded'),
    forced_at: nullableInstant.describe('When a soft one becomes forced'),
    window: z
      .object({ schedule: z.string(), duration: z.string(), timezone: z.string() })
      .nullable()
      .describe(
        'When it may be installed: a Quartz cron expression, a duration as HH:MM:SS, and an offset from UTC',
      ),
  })
  .describe("Of an assignment by hawkBit's API; null for one that is installed at once");

export const deviceJson = z.object({
  id: z.string(),
  created_at: instant,
  first_contact_at: nullableInstant,
  last_contact_at: nullableInstant,
  address: nullableText,
  protocol: nullableText,
  compatible: nullableText,
  variant: nullableText,
  serial: nullableText,
  machine_id: nullableText,
  boot_id: nullableText,
  system_version: nullableText,
  uptime_seconds: z.number().nullable(),
  attributes: z.record(z.string(), z.string()),
  channel: z.string(),
  labels: stringList,
  notes: z.string(),
  admission: z.enum(admissions),
  hold: z.object({ reason: z.string(), ...whyFields, by: z.string(), at: instant }).nullable(),
  pin: z
    .object({ bundle: z.string(), by: z.string(), at: instant, terms: pinTermsJson.nullable() })
    .nullable(),
  certificates: z.array(seenCertificateJson),
  certificate_compatibles: stringList.describe(
    'The compatibles that its certificate was bound to at the last contact; empty if none',
  ),
  claimed_compatible: nullableText.describe(
    'The compatible that it reports, if its certificate is not for it',
  ),
  second_board: z
    .object({ found_at: instant, own: boardJson, other: boardJson })
    .nullable()
    .describe('The two boards that use its certificate: the device itself, and the other one'),
  poller_omits: z
    .array(z.enum(provingHeaders))
    .nullable()
    .describe("What RAUC's own poller last failed to report, as named in send-headers=; null if nothing"),
  installation: installationJson.nullable().describe('The latest'),
});

export const devicePageJson = z.object({
  devices: z.array(deviceJson),
  next: nullableText,
  total: count.describe('How many match in total'),
  total_is_estimate: z
    .boolean()
    .describe('Whether the total is only about right, as it may be above 10,000 with PostgreSQL'),
});

/** All matching devices. */
export const deviceExportJson = z.object({ devices: z.array(deviceJson) });

export const forgottenDeviceJson = z.object({ forgotten: z.string() });

export type DeviceFilterQuery = z.infer<typeof deviceFilterQuery>;
export type BoardJson = z.infer<typeof boardJson>;
export type SeenCertificateJson = z.infer<typeof seenCertificateJson>;
export type DeviceJson = z.infer<typeof deviceJson>;
export type DevicePageJson = z.infer<typeof devicePageJson>;
