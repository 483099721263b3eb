import type { Schema } from '../rows/schema';

/** A table that is copied, with the columns that its rows are ordered by. */
export interface MovedTable {
  readonly name: TableName;
  readonly key: readonly string[];
}

type TableName = Exclude<keyof Schema, 'journal_blocks'>;

/**
 * Each table comes after those that its rows refer to. Tables that only one kind of database has, derived from others,
 * are filled by that database.
 */
export const movedTables: readonly MovedTable[] = tablesOf({
  bundles: ['name'],
  activations: ['id'],
  releases: ['compatible', 'channel'],
  rollouts: ['release_id'],
  release_ends: ['line'],
  release_outcomes: ['release_id', 'step', 'state'],
  devices: ['id'],
  device_labels: ['label', 'device'],
  device_certificates: ['device', 'serial'],
  installations: ['id'],
  installation_logs: ['installation'],
  events: ['id'],
  webhooks: ['id'],
  webhook_deliveries: ['webhook', 'event'],
  tokens: ['name'],
  sessions: ['id_hash'],
  device_tokens: ['holder'],
  fleet_snapshots: ['at'],
  fleet_counts: ['at', 'compatible', 'channel', 'version'],
  markers: ['name'],
  database_identity: ['id'],
  foreign_hashes: ['sha256'],
  dismissals: ['kind', 'subject'],
  asked_names: ['name'],
  up_spans: ['id'],
  retention: ['what'],
  drafts: ['id'],
  hawkbit_settings: ['name'],
  revocations: ['id'],
  issued_certificates: ['id'],
});

/** Tables whose rows get numbers that are never reused. */
export const numberedTables = [
  'activations',
  'events',
  'webhooks',
  'drafts',
  'revocations',
  'issued_certificates',
  'installations',
] as const;
export type NumberedTable = (typeof numberedTables)[number];

/** Makes the compiler require every table. */
function tablesOf(keys: Readonly<Record<TableName, readonly string[]>>): readonly MovedTable[] {
  return Object.entries(keys).map(([name, key]) => ({ name: name as TableName, key }));
}
