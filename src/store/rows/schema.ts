import type { Generated, GeneratedAlways } from 'kysely';
import type { Admission } from '../../core/device';
import type { DraftKind } from '../../core/draft-kind';
import type { SignatureState } from '../../core/installation';
import type { InstallationState } from '../../core/installation-states';
import type { ReleaseEnding } from '../../core/release-end';
import type { RolloutState } from '../../core/rollout';
import type { DeliveryState } from '../../core/webhook-delivery';
import type { Kept } from '../../ports/up-time';

/** The tables as Kysely knows them. Instants are ISO 8601 in UTC with `Z`, which sorts; booleans are 1 and 0. */
export interface Schema {
  bundles: BundleTable;
  releases: ReleaseTable;
  activations: ActivationTable;
  rollouts: RolloutTable;
  devices: DeviceTable;
  device_labels: DeviceLabelTable;
  device_certificates: DeviceCertificateTable;
  installations: InstallationTable;
  installation_logs: InstallationLogTable;
  events: EventTable;
  journal_blocks: JournalBlockTable;
  webhooks: WebhookTable;
  webhook_deliveries: WebhookDeliveryTable;
  tokens: TokenTable;
  sessions: SessionTable;
  device_tokens: DeviceTokenTable;
  fleet_snapshots: FleetSnapshotTable;
  fleet_counts: FleetCountTable;
  release_outcomes: ReleaseOutcomeTable;
  release_ends: ReleaseEndTable;
  markers: MarkerTable;
  database_identity: DatabaseIdentityTable;
  foreign_hashes: ForeignHashTable;
  dismissals: DismissalTable;
  asked_names: AskedNameTable;
  up_spans: UpSpanTable;
  retention: RetentionTable;
  drafts: DraftTable;
  hawkbit_settings: HawkbitSettingTable;
  revocations: RevocationTable;
  issued_certificates: IssuedCertificateTable;
}

export interface BundleTable {
  name: string;
  sha256: string;
  size_bytes: number;
  compatible: string | null;
  uploaded_at: string;
  uploaded_by: string;
  /** The inspection as JSON. */
  inspection: string;
  /** Set on a deleted bundle: the row stays, so that its name stays bound to its bytes. */
  deleted_at: string | null;
  deleted_by: string | null;
  /** As JSON; `null` if it was never begun. */
  image_check: string | null;
  /** Both `null` until known. */
  sha1: string | null;
  md5: string | null;
}

export interface ReleaseTable {
  compatible: string;
  channel: string;
  bundle: string;
  released_at: string;
  released_by: string;
  /** The id of the line in `activations` that made it. */
  id: number;
  forced: number;
}

export interface RolloutTable {
  release_id: number;
  /** As JSON. */
  policy: string;
  state: RolloutState;
  step: number;
  step_started_at: string;
  reason: string | null;
  /** Instead of it, where the server decided: a circumstance, as JSON. */
  reason_circumstance: string | null;
  changed_by: string;
  changed_at: string;
  forgiven_failures: number;
  completed_at: string | null;
  /** The last count of its devices, as JSON. */
  counted: Generated<string | null>;
}

export interface ReleaseEndTable {
  /** The history line that made or brought back the release. */
  line: number;
  how: ReleaseEnding;
  state: RolloutState;
  step: number;
  reason: string | null;
  reason_circumstance: string | null;
  completed_at: string | null;
  counted: string | null;
  /** As a JSON list. */
  failures: string;
}

export interface DeviceTable {
  id: string;
  created_at: string;
  first_contact_at: string | null;
  last_contact_at: string | null;
  address: string | null;
  protocol: string | null;
  compatible: string | null;
  variant: string | null;
  serial: string | null;
  machine_id: string | null;
  boot_id: string | null;
  system_version: string | null;
  uptime_seconds: number | null;
  /** As JSON. */
  attributes: Generated<string>;
  /** As a JSON list. */
  bound_compatibles: Generated<string>;
  claimed_compatible: string | null;
  poller_omits: string | null;
  channel: string;
  notes: Generated<string>;
  admission: Admission;
  hold_reason: string | null;
  /** Instead of it, where the server decided: a circumstance, as JSON. */
  hold_circumstance: string | null;
  hold_by: string | null;
  hold_at: string | null;
  pin_bundle: string | null;
  pin_by: string | null;
  pin_at: string | null;
  /** The terms of an assignment that is not to be installed at once, as JSON. */
  pin_terms: string | null;
  installation_id: number | null;
  installation_state: InstallationState | null;
  installation_release_id: number | null;
  search_text: GeneratedAlways<string>;
  /** Together with `search_text`, what a search looks in. */
  found_by: GeneratedAlways<string>;
  /** What is remembered about the boards that use its certificate, as JSON. */
  boards: Generated<string>;
  /** When the journal last recorded that two boards use it. */
  second_board_at: string | null;
}

export interface DeviceLabelTable {
  label: string;
  device: string;
}

export interface DeviceCertificateTable {
  device: string;
  serial: string;
  first_seen_at: string;
  last_seen_at: string;
}

export interface InstallationTable {
  id: number;
  device: string;
  bundle: string;
  sha256: string;
  release_id: number | null;
  step: number | null;
  target_version: string | null;
  from_version: string | null;
  from_boot_id: string | null;
  from_slot: string | null;
  booted_version: string | null;
  booted_slot: string | null;
  state: InstallationState;
  offered_at: string;
  offer_ends_at: string;
  started_at: string | null;
  installed_at: string | null;
  ended_at: string | null;
  updated_at: string;
  transaction_id: string | null;
  attempts: number;
  polls: number;
  bytes_sent: number;
  bundle_size_bytes: number;
  moved_at: string | null;
  bytes_before: number;
  least_bytes: number;
  whole_bytes: number;
  signature: SignatureState;
  silent_polls: number;
  is_presumed: number;
  progress_percent: number | null;
  message: string | null;
  /** Instead of it, where the server found out: a circumstance, as JSON. */
  message_circumstance: string | null;
  cleared_at: string | null;
}

export interface InstallationLogTable {
  installation: number;
  at: string;
  log: string;
}

export interface EventTable {
  id: Generated<number>;
  at: string;
  kind: string;
  actor: string;
  address: string | null;
  message: string;
  device: string | null;
  compatible: string | null;
  channel: string | null;
  bundle: string | null;
  release_id: number | null;
  installation_id: number | null;
  /** As JSON. */
  before: string | null;
  after: string | null;
  /** How often it happened. */
  count: Generated<number>;
  /** The first time, when it happened more than once. */
  first_at: string | null;
  /** The code of its sentence, instead of `message`. */
  reason: string | null;
  /** As JSON. */
  parameters: string | null;
}

/** The range of times of the lines in a block of the journal. */
export interface JournalBlockTable {
  block: number;
  from_at: string;
  until_at: string;
}

export interface WebhookTable {
  id: Generated<number>;
  name: string;
  url: string;
  /** Event kinds as a JSON list; empty means all. */
  kinds: string;
  /** Not hashed, because it signs what is sent. */
  secret: string;
  is_enabled: number;
  created_at: string;
  created_by: string;
  cursor: number;
  /** Unused since deliveries have their own; so are the next two. */
  attempts: number;
  next_attempt_at: string | null;
  failing_since: string | null;
  last_error: string | null;
  last_delivered_at: string | null;
  in_order: number;
}

export interface WebhookDeliveryTable {
  webhook: number;
  event: number;
  state: DeliveryState;
  attempts: number;
  next_attempt_at: string | null;
  failing_since: Generated<string | null>;
  last_error: Generated<string | null>;
  ended_at: Generated<string | null>;
}

export interface ActivationTable {
  id: Generated<number>;
  compatible: string;
  channel: string;
  action: 'activate' | 'deactivate';
  bundle: string | null;
  previous_bundle: string | null;
  at: string;
  by: string;
  forced: number;
  /** The release that it brought back; NULL if it made one. */
  release_id: number | null;
}

export interface TokenTable {
  name: string;
  scope: 'read' | 'publish' | 'admin';
  /** SHA-256 of the secret, lower-case hex. */
  secret_hash: string;
  created_at: string;
  created_by: string;
  revoked_at: string | null;
  revoked_by: string | null;
}

export interface DeviceTokenTable {
  /** `gateway`, or `device:` and the id. */
  holder: string;
  /** Sealed with a key that is not in the database. */
  sealed: string;
  created_at: string;
  created_by: string;
  /** The previous token, sealed the same way, and until when it is valid; both `null` when there is none. */
  previous: string | null;
  previous_until: string | null;
}

export interface SessionTable {
  /** SHA-256 of the browser's id, lower-case hex. */
  id_hash: string;
  token: string;
  created_at: string;
  expires_at: string;
  /** The server's age, in milliseconds, at which it ends; `null` for one from an earlier version. */
  ends_age_ms: number | null;
}

export interface UpSpanTable {
  id: number;
  from_at: string;
  until_at: string;
  from_up_ms: number;
  up_ms: number;
  age_ms: number;
  sure_at: string | null;
  sure_up_ms: number;
  jumped_by_ms: number | null;
}

export interface RetentionTable {
  what: Kept;
  before_at: string;
  up_ms: number;
}

export interface FleetSnapshotTable {
  at: string;
  grain: 'day' | 'hour' | 'moment';
}

export interface FleetCountTable {
  at: string;
  compatible: string;
  channel: string;
  version: string;
  devices: number;
}

export interface ReleaseOutcomeTable {
  release_id: number;
  /** From 0; -1 for devices that are in no step. */
  step: number;
  state: InstallationState;
  devices: number;
}

/** One-time steps that must not run again. */
export interface MarkerTable {
  name: string;
  at: string;
}

/** One row. */
export interface DatabaseIdentityTable {
  id: string;
  /** The latest journal line that no device wrote. */
  decision: number;
  is_marked: number;
  /** Why it may be an older copy; set until every rollout has been paused for that reason. */
  suspicion: string | null;
  /** When and why it was last taken for an older copy. */
  restored_at: string | null;
  restored_reason: string | null;
}

/** Hashes that devices named and this database never had, recorded once people were told. */
export interface ForeignHashTable {
  sha256: string;
  at: string;
}

/** The server names that devices asked for. Only the latest stay. */
export interface AskedNameTable {
  name: string;
  asked_at: string;
}

/** What people marked as seen. */
export interface DismissalTable {
  kind: string;
  subject: string;
  at: string;
  by: string;
}

/** What hawkBit's scripts create before there is a bundle. */
export interface DraftTable {
  id: Generated<number>;
  kind: DraftKind;
  name: string;
  version: string;
  type: string;
  description: string;
  created_at: string;
  created_by: string;
  /** Both `null` for a module without a file, and for a set. */
  file: Generated<string | null>;
  bundle: Generated<string | null>;
  /** The module of a set that has one. */
  module: number | null;
}

/** What hawkBit's scripts have configured. */
export interface HawkbitSettingTable {
  name: string;
  /** As JSON. */
  value: string;
}

/** The revocations that servers on PostgreSQL share. SQLite has only those that came from there. */
export interface RevocationTable {
  id: Generated<number>;
  serial: string;
  common_name: string;
  revoked_at: string;
  reason: string;
}

/** The certificates that servers on PostgreSQL have issued. SQLite has only those that came from there. */
export interface IssuedCertificateTable {
  id: Generated<number>;
  fingerprint: string;
  serial: string;
  common_name: string;
  role: string;
  not_before: string;
  not_after: string;
  issued_at: string;
  /** PEM; NULL for one that is known only from a log. */
  certificate: string | null;
  /** A device's key, sealed with the key in `certs/`. */
  sealed_key: string | null;
}
