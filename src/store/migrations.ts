/**
 * Steps from an empty database to the present one, oldest first. A step that was released never changes: a new one
 * follows it. `user_version` counts the steps that a database has seen.
 */
export const migrations: readonly string[] = [
  `
  CREATE TABLE bundles (
    name TEXT NOT NULL PRIMARY KEY,
    sha256 TEXT NOT NULL,
    size_bytes INTEGER NOT NULL,
    compatible TEXT,
    uploaded_at TEXT NOT NULL,
    uploaded_by TEXT NOT NULL,
    inspection TEXT NOT NULL,
    deleted_at TEXT,
    deleted_by TEXT
  ) STRICT;

  CREATE TABLE releases (
    compatible TEXT NOT NULL,
    channel TEXT NOT NULL,
    bundle TEXT NOT NULL REFERENCES bundles (name),
    released_at TEXT NOT NULL,
    released_by TEXT NOT NULL,
    PRIMARY KEY (compatible, channel)
  ) STRICT;

  CREATE TABLE activations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    compatible TEXT NOT NULL,
    channel TEXT NOT NULL,
    action TEXT NOT NULL CHECK (action IN ('activate', 'deactivate')),
    bundle TEXT,
    previous_bundle TEXT,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    forced INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX activations_of_compatible ON activations (compatible, id);

  CREATE TABLE tokens (
    name TEXT NOT NULL PRIMARY KEY,
    scope TEXT NOT NULL CHECK (scope IN ('read', 'publish', 'admin')),
    secret_hash TEXT NOT NULL UNIQUE,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    revoked_at TEXT,
    revoked_by TEXT
  ) STRICT;

  CREATE TABLE markers (
    name TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL
  ) STRICT;
  `,
];
