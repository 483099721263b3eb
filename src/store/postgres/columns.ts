import type { DeviceRow } from '../rows/device-rows';
import type { EventTable } from '../rows/schema';

/*
 * For statements that are prepared, which must not select `*`: once a newer version has added a column to the table, PostgreSQL refuses to
 * run them again, because their result would change.
 */

export const deviceColumns = columnsOf<keyof DeviceRow>({
  id: true,
  created_at: true,
  first_contact_at: true,
  last_contact_at: true,
  address: true,
  protocol: true,
  compatible: true,
  variant: true,
  serial: true,
  machine_id: true,
  boot_id: true,
  system_version: true,
  uptime_seconds: true,
  attributes: true,
  bound_compatibles: true,
  claimed_compatible: true,
  poller_omits: true,
  channel: true,
  notes: true,
  admission: true,
  hold_reason: true,
  hold_circumstance: true,
  hold_by: true,
  hold_at: true,
  pin_bundle: true,
  pin_by: true,
  pin_at: true,
  pin_terms: true,
  installation_id: true,
  installation_state: true,
  installation_release_id: true,
  boards: true,
  second_board_at: true,
});

export const eventColumns = columnsOf<keyof EventTable>({
  id: true,
  at: true,
  kind: true,
  actor: true,
  address: true,
  message: true,
  device: true,
  compatible: true,
  channel: true,
  bundle: true,
  release_id: true,
  installation_id: true,
  before: true,
  after: true,
  count: true,
  first_at: true,
  reason: true,
  parameters: true,
});

/** Makes the compiler require every column. */
function columnsOf<Column extends string>(named: Readonly<Record<Column, true>>): readonly Column[] {
  return Object.keys(named) as Column[];
}
