import { sayWhy } from '../../../core/circumstances/sentences';
import { csvLine } from '../../../base/text/csv';
import type { DeviceJson } from '../../../contract/device';

/** Each column, under its name in the API; new ones go last. */
const columns: Readonly<Record<string, (device: DeviceJson) => string | number | null>> = {
  id: ({ id }) => id,
  compatible: ({ compatible }) => compatible,
  variant: ({ variant }) => variant,
  system_version: ({ system_version: version }) => version,
  channel: ({ channel }) => channel,
  state: ({ installation }) => installation?.state ?? null,
  bundle: ({ installation }) => installation?.bundle ?? null,
  target_version: ({ installation }) => installation?.target_version ?? null,
  created_at: ({ created_at: at }) => at,
  first_contact_at: ({ first_contact_at: at }) => at,
  last_contact_at: ({ last_contact_at: at }) => at,
  address: ({ address }) => address,
  protocol: ({ protocol }) => protocol,
  serial: ({ serial }) => serial,
  machine_id: ({ machine_id: id }) => id,
  labels: ({ labels }) => labels.join(' '),
  notes: ({ notes }) => notes,
  admission: ({ admission }) => admission,
  held_at: ({ hold }) => hold?.at ?? null,
  hold_reason: ({ hold }) => (hold === null ? null : sayWhy(hold.reason)),
  pinned_to: ({ pin }) => pin?.bundle ?? null,
  attributes: ({ attributes }) => (Object.keys(attributes).length === 0 ? null : JSON.stringify(attributes)),
};

export const deviceCsvHead = csvLine(Object.keys(columns));

export function deviceCsvLine(device: DeviceJson): string {
  return csvLine(Object.values(columns).map((valueOf) => String(valueOf(device) ?? '')));
}
