/** The answers of the admin API about certificates, the journal and the server itself. */

export interface DeviceCertificateJson {
  readonly device: string;
  readonly serial: string;
  readonly not_before: string;
  readonly not_after: string;
  readonly days_left: number;
  readonly issued_at: string | null;
  readonly revoked_at: string | null;
  readonly revocable: boolean;
  readonly has_file: boolean;
}

export interface CertificatesJson {
  readonly ca: {
    readonly subject: string;
    readonly not_after: string;
    readonly days_left: number;
    readonly serial: string;
    readonly fingerprint: string;
    readonly has_key: boolean;
  } | null;
  readonly server: {
    readonly names: readonly string[];
    readonly not_after: string;
    readonly days_left: number;
    readonly serial: string;
  } | null;
  readonly can_issue: boolean;
  readonly devices: readonly DeviceCertificateJson[];
  readonly total: number;
  readonly next: string | null;
}

export interface RevocationJson {
  readonly device: string | null;
  readonly serial: string;
  readonly revoked_at: string;
  readonly reason: string;
}

export interface RevocationsJson {
  readonly revocations: readonly RevocationJson[];
  readonly total: number;
}

export interface IssuedJson {
  readonly device: string;
  readonly serial: string;
  readonly not_after: string;
  readonly certificate: string;
}

export interface OptionJson {
  readonly name: string;
  readonly value: string | null;
  readonly is_default: boolean;
  readonly source: string;
  readonly secret: boolean;
  readonly doc: string;
}

export interface AboutJson {
  readonly version: string;
  readonly node: string;
  readonly sqlite: string;
  readonly started_at: string;
  readonly uptime_seconds: number;
  readonly device_url: string;
  readonly options: readonly OptionJson[];
  readonly storage: {
    readonly bundles_bytes: number;
    readonly database_bytes: number;
    readonly free_bytes: number;
  };
}
