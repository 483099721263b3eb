/** The answers of the admin API, as far as the page reads them. A test compares them with the server's schemas. */
import type { ReleaseWithRolloutJson } from '../../contract/release';

export type Scope = 'read' | 'publish' | 'admin';

export interface SessionJson {
  readonly signed_in: boolean;
  readonly token_required: boolean;
  readonly token_exists: boolean;
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  readonly version: string;
}

export interface InstallationJson {
  readonly id: number;
  readonly device: string;
  readonly bundle: string;
  readonly sha256: string;
  readonly release_id: number | null;
  readonly step: number | null;
  readonly target_version: string | null;
  readonly from_version: string | null;
  readonly from_slot: string | null;
  readonly booted_version: string | null;
  readonly booted_slot: string | null;
  readonly state: string;
  readonly offered_at: string;
  readonly started_at: string | null;
  readonly installed_at: string | null;
  readonly ended_at: string | null;
  readonly updated_at: string;
  readonly transaction_id: string | null;
  readonly attempts: number;
  readonly polls: number;
  readonly bundle_size: number;
  readonly bytes_sent: number;
  readonly bytes_saved: number | null;
  readonly progress: number | null;
  readonly concluded: boolean;
  readonly message: string | null;
  readonly cleared_at: string | null;
}

export interface BoardJson {
  readonly serial: string | null;
  readonly boot_id: string | null;
  readonly machine_id: string | null;
  readonly address: string | null;
  readonly system_version: string | null;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
}

export interface DeviceJson {
  readonly id: string;
  readonly created_at: string;
  readonly first_contact_at: string | null;
  readonly last_contact_at: string | null;
  readonly address: string | null;
  readonly protocol: string | null;
  readonly compatible: string | null;
  readonly variant: string | null;
  readonly serial: string | null;
  readonly machine_id: string | null;
  readonly boot_id: string | null;
  readonly system_version: string | null;
  readonly uptime_seconds: number | null;
  readonly attributes: Readonly<Record<string, string>>;
  readonly channel: string;
  readonly labels: readonly string[];
  readonly notes: string;
  readonly admission: 'admitted' | 'waiting';
  readonly hold: { readonly reason: string; readonly by: string; readonly at: string } | null;
  readonly pin: { readonly bundle: string; readonly by: string; readonly at: string } | null;
  readonly certificates: readonly {
    readonly revoked_at: string | null;
    readonly serial: string;
    readonly first_seen_at: string;
    readonly last_seen_at: string;
  }[];
  readonly certificate_compatibles: readonly string[];
  readonly claimed_compatible: string | null;
  readonly second_board: {
    readonly found_at: string;
    readonly own: BoardJson;
    readonly other: BoardJson;
  } | null;
  readonly poller_omits: readonly ('boot-id' | 'system-version')[] | null;
  readonly installation: InstallationJson | null;
}

export interface DevicePageJson {
  readonly devices: readonly DeviceJson[];
  readonly next: string | null;
  readonly total: number;
}

export interface OfferJson {
  readonly offered: string | null;
  readonly reason: string | null;
  readonly message: string;
  readonly rules: readonly {
    readonly rule: string;
    readonly passed: boolean | null;
    readonly message: string;
  }[];
}

export interface ExplanationJson {
  readonly device: string;
  readonly manifest: OfferJson;
  readonly polling: OfferJson;
}

export interface FleetJson {
  readonly devices: number;
  readonly waiting: number;
  readonly held: number;
  readonly pinned: number;
  readonly counts: readonly {
    readonly compatible: string | null;
    readonly channel: string;
    readonly system_version: string | null;
    readonly state: string | null;
    readonly devices: number;
  }[];
}

export interface EventJson {
  readonly id: number;
  readonly at: string;
  readonly kind: string;
  readonly actor: string;
  readonly address: string | null;
  readonly message: string;
  readonly device: string | null;
  readonly compatible: string | null;
  readonly channel: string | null;
  readonly bundle: string | null;
  readonly release_id: number | null;
  readonly installation_id: number | null;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  /** How often it happened, and when first; the line tells the last time. */
  readonly count: number;
  readonly first_at: string | null;
}

export interface EventPageJson {
  readonly events: readonly EventJson[];
  readonly next_before: number | null;
  /** Set when the search ended before the page was full. */
  readonly searched_until: string | null;
  /** Of the newest line of all. */
  readonly last_id: number;
}

export interface LabelsJson {
  readonly labels: readonly { readonly label: string; readonly devices: number }[];
}

export interface TokenJson {
  readonly name: string;
  readonly scope: Scope;
  readonly created_at: string;
  readonly created_by: string;
  readonly revoked_at: string | null;
}

export interface WebhookJson {
  readonly name: string;
  readonly url: string;
  readonly kinds: readonly string[];
  readonly enabled: boolean;
  readonly created_at: string;
  readonly created_by: string;
  readonly attempts: number;
  readonly next_attempt_at: string | null;
  readonly failing_since: string | null;
  readonly last_error: string | null;
  readonly last_delivered_at: string | null;
}

export interface VersionCountJson {
  readonly version: string | null;
  readonly devices: number;
}

export interface ChannelJson {
  readonly compatible: string;
  readonly channel: string;
  readonly release: ReleaseWithRolloutJson | null;
  readonly devices: number;
  readonly versions: readonly VersionCountJson[];
  readonly on_current: number;
}

export interface AttentionJson {
  readonly kind: string;
  readonly count: number;
  readonly compatible?: string | undefined;
  readonly channel?: string | undefined;
  readonly release_id?: number | undefined;
  readonly bundle?: string | undefined;
  readonly device?: string | undefined;
  readonly message: string;
  /** What can be dismissed of it. */
  readonly subjects?: readonly string[] | undefined;
}

export interface OverviewJson {
  readonly channels: readonly ChannelJson[];
  readonly attention: readonly AttentionJson[];
  readonly devices: {
    readonly total: number;
    readonly seen_last_day: number;
    readonly waiting: number;
    readonly held: number;
  };
  readonly first_steps: {
    readonly has_bundle: boolean;
    readonly has_release: boolean;
    readonly has_device_certificate: boolean;
    readonly has_device: boolean;
    readonly has_report: boolean;
  };
}

export interface HistoryJson {
  readonly points: readonly { readonly at: string; readonly counts: readonly VersionCountJson[] }[];
  readonly versions: readonly (string | null)[];
}
