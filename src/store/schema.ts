import type { Generated } from 'kysely';

/** The tables as Kysely knows them. Instants are ISO 8601 in UTC with `Z`, which sorts; yes and no are 1 and 0. */
export interface Schema {
  bundles: BundleTable;
  releases: ReleaseTable;
  activations: ActivationTable;
  tokens: TokenTable;
  markers: MarkerTable;
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
}

export interface ReleaseTable {
  compatible: string;
  channel: string;
  bundle: string;
  released_at: string;
  released_by: string;
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

/** What was done once and must not be done again. */
export interface MarkerTable {
  name: string;
  at: string;
}
