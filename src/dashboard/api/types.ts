/** The answers of the admin API, as far as the page reads them. A test compares them with the server's schemas. */

export type Scope = 'read' | 'publish' | 'admin';

export interface SessionJson {
  readonly signed_in: boolean;
  readonly token_required: boolean;
  readonly token_exists: boolean;
  readonly name: string | null;
  readonly scopes: readonly Scope[];
  readonly version: string;
}

export interface FindingJson {
  readonly code: string;
  readonly message: string;
}

export type Verdict = 'trusted' | 'unchecked' | 'untrusted' | 'broken';

/** What hashing the images came to, which happens after the upload. */
export interface ImageCheckJson {
  readonly state: 'being-checked' | 'sound' | 'mismatch' | 'not-checked';
  /** Of a mismatch. */
  readonly files: readonly string[];
  readonly reason: string | null;
}

export interface BundleJson {
  readonly name: string;
  readonly sha256: string;
  readonly size: number;
  readonly compatible: string | null;
  readonly version: string | null;
  readonly format: 'plain' | 'verity' | 'crypt' | null;
  readonly encrypted: boolean;
  readonly verdict: Verdict;
  readonly reasons: readonly FindingJson[];
  readonly warnings: readonly FindingJson[];
  readonly hints: readonly FindingJson[];
  readonly image_check: ImageCheckJson;
  readonly uploaded_at: string;
  readonly uploaded_by: string;
  readonly active_for: readonly { readonly compatible: string; readonly channel: string }[];
  readonly manifest_hash: string | null;
}

export interface ImageJson {
  readonly slot_class: string;
  readonly variant: string | null;
  readonly artifact: string | null;
  readonly filename: string | null;
  readonly type: string | null;
  readonly sha256: string | null;
  readonly size: number | null;
  readonly hooks: readonly string[];
  readonly adaptive: readonly string[];
}

export interface ManifestJson {
  readonly compatible: string;
  readonly version: string | null;
  readonly description: string | null;
  readonly build: string | null;
  readonly min_rauc_version: string | null;
  readonly format: 'plain' | 'verity' | 'crypt';
  readonly verity_hash: string | null;
  readonly verity_size: number | null;
  readonly hooks: { readonly filename: string | null; readonly hooks: readonly string[] };
  readonly handler: { readonly filename: string; readonly args: string | null } | null;
  readonly meta: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

export interface SignerJson {
  readonly subject: string;
  readonly issuer: string;
  readonly serial: string;
  readonly not_before: string;
  readonly not_after: string;
  readonly spki_fingerprint: string;
  readonly key_algorithm: string;
}

export interface BundleDetailsJson extends BundleJson {
  readonly manifest: ManifestJson | null;
  readonly images: readonly ImageJson[];
  readonly signer_chain: readonly SignerJson[];
  readonly recipients: readonly { readonly issuer: string; readonly serial: string }[];
}

/** A bundle with what it means for the fleet. */
export interface BundleInUseJson extends BundleDetailsJson {
  readonly current: readonly {
    readonly compatible: string;
    readonly channel: string;
    readonly release_id: number;
  }[];
  readonly history: readonly {
    readonly compatible: string;
    readonly channel: string;
    readonly activated_at: string;
    readonly by: string;
  }[];
  readonly devices: {
    readonly running: number;
    readonly installing: number;
    readonly pinned: number;
    readonly failed: number;
  };
}

export type RolloutState = 'running' | 'paused' | 'aborted';

export interface PolicyJson {
  readonly steps: string;
  readonly start_at: string | null;
  readonly promote_at_percent: number | null;
  readonly pause_at_failures: number | null;
  readonly pause_at_percent: number | null;
  readonly max_in_progress: number | null;
  readonly window: string | null;
  readonly allow_downgrade: boolean;
  readonly from: string | null;
}

export interface DeviceGroupJson {
  readonly devices: number;
  readonly versions: readonly { readonly version: string; readonly devices: number }[];
}

/** Whom a release reaches, as far as versions decide. */
export interface ReachJson {
  readonly devices: number;
  readonly up_to_date: number;
  readonly reached: number;
  readonly goes_down: DeviceGroupJson;
  readonly left_out_newer: DeviceGroupJson;
  readonly left_out_by_from: DeviceGroupJson;
  readonly unknown_version: number;
}

export interface RolloutJson {
  readonly state: RolloutState;
  readonly step: number;
  readonly steps: number;
  readonly step_started_at: string;
  readonly reason: string | null;
  readonly changed_by: string;
  readonly changed_at: string;
  readonly policy: PolicyJson;
}

export interface ReleaseJson {
  readonly id: number;
  readonly compatible: string;
  readonly channel: string;
  readonly bundle: string;
  readonly sha256: string;
  readonly version: string | null;
  readonly released_at: string;
  readonly released_by: string;
  readonly forced: boolean;
  readonly rollout: RolloutJson;
}

export interface RolloutProgressJson {
  readonly steps: readonly {
    readonly step: string;
    readonly devices: number;
    readonly proven: number;
    readonly installations: Readonly<Record<string, number>>;
  }[];
  readonly in_progress: number;
  readonly failures_in_step: number;
  readonly next: string;
  readonly counted_at: string;
}

/** A release that was just made. */
export interface MadeReleaseJson extends ReleaseJson {
  readonly reach: ReachJson | null;
  readonly warnings: readonly FindingJson[];
}

/** What a release would do. */
export interface ReleasePreviewJson {
  readonly compatible: string;
  readonly channel: string;
  readonly version: string | null;
  readonly changes: boolean;
  readonly current: ReleaseJson | null;
  readonly reach: ReachJson;
  readonly warnings: readonly FindingJson[];
}

/** What the release dialog begins with. */
export interface ReleaseDefaultsJson {
  readonly steps: string;
  readonly pause_at_failures: number;
}

export interface ReleaseDetailsJson extends ReleaseJson {
  readonly progress: RolloutProgressJson;
  /** What is current when it is undone; `null` when it cannot be. */
  readonly undo: { readonly bundle: string | null } | null;
}

export interface ActivationJson {
  readonly id: number;
  readonly compatible: string;
  readonly channel: string;
  readonly action: 'activate' | 'deactivate';
  readonly bundle: string | null;
  readonly previous_bundle: string | null;
  readonly release_id: number | null;
  readonly at: string;
  readonly by: string;
  readonly forced: boolean;
}

/** What a release came to, in numbers of devices. */
export interface ReleaseResultJson {
  readonly state: RolloutState;
  readonly step: number;
  readonly steps: number;
  readonly reason: string | null;
  readonly devices: number;
  readonly proven: number;
  readonly failed: number;
  readonly outcomes: Readonly<Record<string, number>>;
}

export interface HistoryLineJson extends ActivationJson {
  readonly ended_at: string | null;
  readonly result: ReleaseResultJson | null;
}

/** Where going back leads. */
export interface BackTargetJson {
  readonly release_id: number;
  readonly bundle: string;
  readonly version: string | null;
  readonly released_at: string;
  readonly released_by: string;
  readonly policy: PolicyJson;
  readonly result: ReleaseResultJson;
  readonly ever_proven: boolean;
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
  /** One for each protocol by which a device can ask what to install. */
  readonly answers: readonly (OfferJson & { readonly protocol: string })[];
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
  readonly release: ReleaseJson | null;
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
