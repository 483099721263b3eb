/**
 * Steps from an empty database to the current one, oldest first. Never change a released step: add a new one. `user_version` counts the
 * steps that a database has been through.
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
  `
  ALTER TABLE releases ADD COLUMN id INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE releases ADD COLUMN forced INTEGER NOT NULL DEFAULT 0;
  UPDATE releases SET
    id = coalesce((
      SELECT max(a.id) FROM activations a
      WHERE a.compatible = releases.compatible AND a.channel = releases.channel AND a.action = 'activate'
    ), 0),
    forced = coalesce((
      SELECT a.forced FROM activations a
      WHERE a.compatible = releases.compatible AND a.channel = releases.channel AND a.action = 'activate'
      ORDER BY a.id DESC LIMIT 1
    ), 0);

  CREATE TABLE rollouts (
    release_id INTEGER NOT NULL PRIMARY KEY REFERENCES activations (id),
    policy TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('running', 'paused', 'aborted')),
    step INTEGER NOT NULL,
    step_started_at TEXT NOT NULL,
    reason TEXT,
    changed_by TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    forgiven_failures INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE devices (
    id TEXT NOT NULL PRIMARY KEY,
    created_at TEXT NOT NULL,
    first_contact_at TEXT,
    last_contact_at TEXT,
    address TEXT,
    protocol TEXT,
    compatible TEXT,
    variant TEXT,
    serial TEXT,
    machine_id TEXT,
    boot_id TEXT,
    system_version TEXT,
    uptime_seconds REAL,
    channel TEXT NOT NULL,
    notes TEXT NOT NULL DEFAULT '',
    admission TEXT NOT NULL CHECK (admission IN ('admitted', 'waiting')),
    hold_reason TEXT,
    hold_by TEXT,
    hold_at TEXT,
    pin_bundle TEXT,
    pin_by TEXT,
    pin_at TEXT,
    -- What people filter by of the latest installation, so that lists need no join.
    installation_id INTEGER,
    installation_state TEXT,
    installation_release_id INTEGER,
    -- What people search in, on lines of their own.
    search_text TEXT NOT NULL
      GENERATED ALWAYS AS (lower(id || char(10) || coalesce(serial, '') || char(10) || notes)) STORED,
    -- Last, because it may be long: what lists look at is then on the first page of the row.
    attributes TEXT NOT NULL DEFAULT '{}'
  ) STRICT;
  CREATE INDEX devices_by_last_contact ON devices (last_contact_at, id);
  CREATE INDEX devices_by_version ON devices (compatible, system_version, id);
  CREATE INDEX devices_by_state ON devices (installation_state, id);
  CREATE INDEX devices_by_release ON devices (installation_release_id, id);
  -- All that the census reads.
  CREATE INDEX devices_by_kind ON devices (compatible, channel, system_version, installation_state);
  -- A channel's devices, page by page.
  CREATE INDEX devices_by_channel ON devices (compatible, channel, id);
  CREATE INDEX devices_held ON devices (id) WHERE hold_at IS NOT NULL;
  CREATE INDEX devices_pinned ON devices (id) WHERE pin_bundle IS NOT NULL;
  CREATE INDEX devices_waiting ON devices (id) WHERE admission = 'waiting';

  CREATE TABLE device_labels (
    label TEXT NOT NULL,
    device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    PRIMARY KEY (label, device)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX labels_of_device ON device_labels (device);

  CREATE TABLE device_certificates (
    device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    serial TEXT NOT NULL,
    first_seen_at TEXT NOT NULL,
    last_seen_at TEXT NOT NULL,
    PRIMARY KEY (device, serial)
  ) STRICT, WITHOUT ROWID;

  CREATE TABLE installations (
    id INTEGER NOT NULL PRIMARY KEY CHECK (id BETWEEN 1 AND 2147483647),
    device TEXT NOT NULL REFERENCES devices (id) ON DELETE CASCADE,
    bundle TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    release_id INTEGER,
    step INTEGER,
    target_version TEXT,
    from_version TEXT,
    from_boot_id TEXT,
    state TEXT NOT NULL,
    offered_at TEXT NOT NULL,
    offer_ends_at TEXT NOT NULL,
    started_at TEXT,
    installed_at TEXT,
    ended_at TEXT,
    updated_at TEXT NOT NULL,
    transaction_id TEXT,
    attempts INTEGER NOT NULL,
    polls INTEGER NOT NULL,
    bytes_sent INTEGER NOT NULL,
    bundle_size_bytes INTEGER NOT NULL,
    progress_percent REAL,
    message TEXT,
    cleared_at TEXT
  ) STRICT;
  CREATE INDEX installations_of_device ON installations (device, id);
  CREATE INDEX installations_of_release ON installations (release_id, step, state);
  CREATE INDEX installations_by_state ON installations (state, id);
  CREATE INDEX installations_by_release ON installations (release_id, id);
  CREATE INDEX installations_by_bundle ON installations (bundle, id);

  CREATE TABLE installation_logs (
    installation INTEGER NOT NULL PRIMARY KEY REFERENCES installations (id) ON DELETE CASCADE,
    at TEXT NOT NULL,
    log TEXT NOT NULL
  ) STRICT;

  CREATE TABLE events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    actor TEXT NOT NULL,
    address TEXT,
    message TEXT NOT NULL,
    device TEXT,
    compatible TEXT,
    channel TEXT,
    bundle TEXT,
    release_id INTEGER,
    installation_id INTEGER,
    before TEXT,
    after TEXT
  ) STRICT;
  CREATE INDEX events_of_device ON events (device, id);
  CREATE INDEX events_by_kind ON events (kind, id);
  CREATE TRIGGER events_never_change BEFORE UPDATE ON events
    BEGIN SELECT raise(ABORT, 'the journal never changes'); END;

  CREATE TABLE webhooks (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    url TEXT NOT NULL,
    kinds TEXT NOT NULL,
    secret TEXT NOT NULL,
    is_enabled INTEGER NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    -- The last event that was delivered or given up.
    cursor INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT,
    failing_since TEXT,
    last_error TEXT,
    last_delivered_at TEXT
  ) STRICT;
  `,
  `
  CREATE TABLE sessions (
    id_hash TEXT NOT NULL PRIMARY KEY,
    token TEXT NOT NULL REFERENCES tokens (name),
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX sessions_of_token ON sessions (token, expires_at);
  CREATE INDEX sessions_by_end ON sessions (expires_at);
  `,
  `
  -- How many devices ran what. Of a day and of an hour the first stays longer than the others.
  CREATE TABLE fleet_snapshots (
    at TEXT NOT NULL PRIMARY KEY,
    grain TEXT NOT NULL CHECK (grain IN ('day', 'hour', 'moment'))
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX fleet_snapshots_by_grain ON fleet_snapshots (grain, at);

  CREATE TABLE fleet_counts (
    at TEXT NOT NULL REFERENCES fleet_snapshots (at) ON DELETE CASCADE,
    compatible TEXT NOT NULL,
    channel TEXT NOT NULL,
    -- Empty: not known, or one of the less frequent.
    version TEXT NOT NULL,
    devices INTEGER NOT NULL,
    PRIMARY KEY (at, compatible, channel, version)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- The release that a line of the history brought back; NULL when it made one.
  ALTER TABLE activations ADD COLUMN release_id INTEGER;

  -- What became of a release's devices. It stays when their installations are forgotten.
  CREATE TABLE release_outcomes (
    release_id INTEGER NOT NULL,
    -- From 0; -1 for devices that are in no step.
    step INTEGER NOT NULL,
    state TEXT NOT NULL,
    devices INTEGER NOT NULL,
    PRIMARY KEY (release_id, step, state)
  ) STRICT, WITHOUT ROWID;
  -- With max() SQLite takes the other columns from the row that has it.
  INSERT INTO release_outcomes (release_id, step, state, devices)
    SELECT release_id, step, state, count(*) FROM (
      SELECT release_id, coalesce(step, -1) AS step, state,
        max(CASE WHEN state IN ('offered', 'withdrawn') THEN id - 4294967296 ELSE id END)
      FROM installations WHERE release_id IS NOT NULL GROUP BY release_id, device
    ) GROUP BY release_id, step, state;

  -- Failures are counted by device from now on: so are those that a person has accepted, by going on or to the next step.
  UPDATE rollouts SET forgiven_failures = min(forgiven_failures, (
    SELECT count(DISTINCT i.device) FROM installations i
    WHERE i.release_id = rollouts.release_id AND i.state IN ('failed', 'rolled-back')
      AND i.ended_at <= CASE rollouts.state WHEN 'running' THEN rollouts.changed_at ELSE rollouts.step_started_at END
  )) WHERE forgiven_failures > 0;
  `,
  `
  -- One row: what tells an older copy of the database from the one that ran last.
  CREATE TABLE database_identity (
    id TEXT NOT NULL PRIMARY KEY,
    -- Of the latest line of the journal that no device wrote.
    decision INTEGER NOT NULL,
    is_marked INTEGER NOT NULL,
    -- Why it may be an older copy, until every rollout is paused for it.
    suspicion TEXT
  ) STRICT;

  -- What devices named and this database never had, after people were told.
  CREATE TABLE foreign_hashes (
    sha256 TEXT NOT NULL PRIMARY KEY,
    at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX bundles_by_hash ON bundles (sha256);
  `,
  `
  -- What tells one board from another that uses the same certificate.
  ALTER TABLE devices ADD COLUMN boards TEXT NOT NULL DEFAULT '{}';
  ALTER TABLE devices ADD COLUMN second_board_at TEXT;
  CREATE INDEX devices_with_second_board ON devices (second_board_at) WHERE second_board_at IS NOT NULL;
  `,
  `
  -- What the certificate was bound to at the last contact, as JSON, and what the device says against it.
  ALTER TABLE devices ADD COLUMN bound_compatibles TEXT NOT NULL DEFAULT '[]';
  ALTER TABLE devices ADD COLUMN claimed_compatible TEXT;
  CREATE INDEX devices_with_other_claim ON devices (id) WHERE claimed_compatible IS NOT NULL;
  `,
  `
  -- What silence tells: from which slot to which, when it last got on, and how much it takes.
  ALTER TABLE installations ADD COLUMN from_slot TEXT;
  ALTER TABLE installations ADD COLUMN booted_version TEXT;
  ALTER TABLE installations ADD COLUMN booted_slot TEXT;
  ALTER TABLE installations ADD COLUMN moved_at TEXT;
  ALTER TABLE installations ADD COLUMN bytes_before INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE installations ADD COLUMN least_bytes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE installations ADD COLUMN whole_bytes INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE installations ADD COLUMN signature TEXT NOT NULL DEFAULT 'unread';
  ALTER TABLE installations ADD COLUMN silent_polls INTEGER NOT NULL DEFAULT 0;
  ALTER TABLE installations ADD COLUMN is_presumed INTEGER NOT NULL DEFAULT 0;
  `,
  `
  -- What people said that they have seen: attention is not drawn to it again.
  CREATE TABLE dismissals (
    kind TEXT NOT NULL,
    -- What of this kind, such as the id of a release.
    subject TEXT NOT NULL,
    at TEXT NOT NULL,
    by TEXT NOT NULL,
    PRIMARY KEY (kind, subject)
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What RAUC's own poller left out when it asked last, as \`send-headers=\` names it; empty: nothing.
  ALTER TABLE devices ADD COLUMN poller_omits TEXT;
  CREATE INDEX devices_with_silent_poller ON devices (poller_omits, id) WHERE poller_omits > '';
  `,
  `
  -- What hashing the images of a bundle came to, as JSON, or how often it was begun; NULL: never.
  ALTER TABLE bundles ADD COLUMN image_check TEXT;
  `,
  `
  -- What a device does again and again is one line: how often, and when first; the rest tells the last time.
  ALTER TABLE events ADD COLUMN count INTEGER NOT NULL DEFAULT 1;
  ALTER TABLE events ADD COLUMN first_at TEXT;
  `,
  `
  -- Between which times the lines of a block of the journal are, so that a search by time need not look at all of them.
  CREATE TABLE journal_blocks (
    -- The id of a line, without its last 12 bits.
    block INTEGER NOT NULL PRIMARY KEY,
    from_at TEXT NOT NULL,
    until_at TEXT NOT NULL
  ) STRICT;
  INSERT INTO journal_blocks (block, from_at, until_at)
    SELECT id >> 12, min(at), max(at) FROM events GROUP BY id >> 12;
  CREATE TRIGGER events_in_blocks AFTER INSERT ON events
    BEGIN
      INSERT INTO journal_blocks (block, from_at, until_at) VALUES (new.id >> 12, new.at, new.at)
        ON CONFLICT (block) DO UPDATE SET
          from_at = min(from_at, excluded.from_at), until_at = max(until_at, excluded.until_at);
    END;
  -- What people and the server did, which is little beside what devices did.
  CREATE INDEX events_by_person ON events (actor, id) WHERE actor NOT LIKE 'device:%';
  CREATE INDEX events_of_release ON events (release_id, id) WHERE release_id IS NOT NULL;
  CREATE INDEX activations_of_channel ON activations (channel, id);
  CREATE INDEX activations_by_place ON activations (compatible, channel, id);
  CREATE INDEX activations_of_bundle ON activations (bundle, id);
  CREATE INDEX installations_of_bundle ON installations (bundle, state, id);
  `,
  `
  -- When and why this database was last taken for an older copy, until people have seen it.
  ALTER TABLE database_identity ADD COLUMN restored_at TEXT;
  ALTER TABLE database_identity ADD COLUMN restored_reason TEXT;
  `,
  `
  -- Which names and addresses of the server devices asked for, and when last.
  CREATE TABLE asked_names (
    name TEXT NOT NULL PRIMARY KEY,
    asked_at TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- When the server was up, by its own clock and by how long it had been up in all. A session ends by the latter, too.
  CREATE TABLE up_spans (
    id INTEGER NOT NULL PRIMARY KEY,
    from_at TEXT NOT NULL,
    until_at TEXT NOT NULL,
    -- Milliseconds that the server had been up at the begin and the end of this.
    from_up_ms INTEGER NOT NULL,
    up_ms INTEGER NOT NULL,
    -- The same with the time in which it was off.
    age_ms INTEGER NOT NULL,
    sure_at TEXT,
    sure_up_ms INTEGER NOT NULL,
    jumped_by_ms INTEGER
  ) STRICT;
  -- How far what is old was deleted.
  CREATE TABLE retention (
    what TEXT NOT NULL PRIMARY KEY,
    before_at TEXT NOT NULL,
    up_ms INTEGER NOT NULL
  ) STRICT, WITHOUT ROWID;
  ALTER TABLE sessions ADD COLUMN ends_age_ms INTEGER;
  `,
  `
  -- One for each event on its way to a webhook, and what came of it. Those of a deleted webhook leave when they are old.
  CREATE TABLE webhook_deliveries (
    webhook INTEGER NOT NULL,
    event INTEGER NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'delivered', 'gave-up', 'skipped')),
    attempts INTEGER NOT NULL,
    next_attempt_at TEXT,
    failing_since TEXT,
    last_error TEXT,
    ended_at TEXT,
    PRIMARY KEY (webhook, event)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX deliveries_by_state ON webhook_deliveries (webhook, state, event);
  CREATE INDEX deliveries_due ON webhook_deliveries (webhook, next_attempt_at, event) WHERE state = 'waiting';
  CREATE INDEX deliveries_by_end ON webhook_deliveries (ended_at) WHERE ended_at IS NOT NULL;
  -- Those that are there were sent in order so far.
  ALTER TABLE webhooks ADD COLUMN in_order INTEGER NOT NULL DEFAULT 0;
  UPDATE webhooks SET in_order = 1;
  -- What a webhook has tried in vain is the first event behind its cursor that it wants.
  INSERT INTO webhook_deliveries (webhook, event, state, attempts, next_attempt_at, failing_since, last_error)
    SELECT w.id, e.id, 'waiting', w.attempts, coalesce(w.next_attempt_at, w.failing_since, w.created_at), w.failing_since,
      w.last_error
    FROM webhooks w JOIN events e ON e.id = (
      SELECT n.id FROM events n
      WHERE n.id > w.cursor AND n.kind NOT LIKE 'webhook.%' AND (w.kinds = '[]' OR EXISTS (
        SELECT 1 FROM json_each(w.kinds) k
        WHERE n.kind = k.value OR (k.value LIKE '%.' AND substr(n.kind, 1, length(k.value)) = k.value)
      ))
      ORDER BY n.id LIMIT 1
    )
    WHERE w.is_enabled = 1 AND w.attempts > 0;
  UPDATE webhooks SET cursor = (SELECT d.event FROM webhook_deliveries d WHERE d.webhook = webhooks.id)
    WHERE id IN (SELECT webhook FROM webhook_deliveries);
  UPDATE webhooks SET attempts = 0, next_attempt_at = NULL, failing_since = NULL;
  `,
  `
  -- All that people find a device by, but its labels; attributes as name=value. It is computed where it is read, so that a
  -- contact writes no more than before.
  ALTER TABLE devices ADD COLUMN found_by TEXT GENERATED ALWAYS AS (
    search_text || char(10) || lower(coalesce(machine_id, '') || char(10) || coalesce(address, '') || char(10) ||
      trim(replace(replace(attributes, '":"', '='), '","', char(10)), '{"}'))
  ) VIRTUAL;
  `,
  `
  -- When all devices that a release is meant for were proven, and the last count of them, as JSON.
  ALTER TABLE rollouts ADD COLUMN completed_at TEXT;
  ALTER TABLE rollouts ADD COLUMN counted TEXT;
  -- How a release was left when something took its place. One that is brought back ends once for each line that made it current.
  CREATE TABLE release_ends (
    line INTEGER NOT NULL PRIMARY KEY,
    how TEXT NOT NULL CHECK (how IN ('replaced', 'deactivated', 'undone', 'rolled-back-to')),
    state TEXT NOT NULL,
    step INTEGER NOT NULL,
    reason TEXT,
    completed_at TEXT,
    counted TEXT,
    -- As a JSON list.
    failures TEXT NOT NULL
  ) STRICT;
  -- People do little beside devices and the server.
  CREATE INDEX events_by_people ON events (id) WHERE actor NOT LIKE 'device:%' AND actor <> 'server';
  `,
  `
  -- Other hashes of a bundle, which some update clients ask for; NULL until they are known.
  ALTER TABLE bundles ADD COLUMN sha1 TEXT;
  ALTER TABLE bundles ADD COLUMN md5 TEXT;
  `,
  `
  -- What a line of the journal says: a code, and as JSON what its sentence needs. Lines from before have the sentence itself.
  ALTER TABLE events ADD COLUMN reason TEXT;
  ALTER TABLE events ADD COLUMN parameters TEXT;
  `,
  `
  -- Tokens by which devices show who they are, sealed with a key that is not in this database. A device takes its own along.
  CREATE TABLE device_tokens (
    holder TEXT NOT NULL PRIMARY KEY,
    sealed TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    previous TEXT,
    previous_until TEXT
  ) STRICT, WITHOUT ROWID;
  CREATE TRIGGER device_takes_its_token AFTER DELETE ON devices
    BEGIN
      DELETE FROM device_tokens WHERE holder = 'device:' || old.id;
    END;
  `,
  `
  -- What hawkBit's scripts create before there is a bundle: modules, which get a file, and sets, which name a module.
  CREATE TABLE drafts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    kind TEXT NOT NULL CHECK (kind IN ('module', 'set')),
    name TEXT NOT NULL,
    version TEXT NOT NULL,
    type TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at TEXT NOT NULL,
    created_by TEXT NOT NULL,
    -- Of a module: the file as the script named it, and the bundle that it became.
    file TEXT,
    bundle TEXT,
    -- Of a set.
    module INTEGER
  ) STRICT;
  CREATE UNIQUE INDEX drafts_by_name ON drafts (kind, name, version, type);
  CREATE INDEX drafts_of_module ON drafts (module) WHERE module IS NOT NULL;
  -- What hawkBit's scripts have configured; a value is JSON.
  CREATE TABLE hawkbit_settings (
    name TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
  ) STRICT, WITHOUT ROWID;
  `,
  `
  -- What the server gives as a reason: a code and what its sentence needs, as JSON. What people and devices wrote stays beside it, and so
  -- does the sentence of an earlier version.
  ALTER TABLE installations ADD COLUMN message_circumstance TEXT;
  ALTER TABLE devices ADD COLUMN hold_circumstance TEXT;
  ALTER TABLE rollouts ADD COLUMN reason_circumstance TEXT;
  ALTER TABLE release_ends ADD COLUMN reason_circumstance TEXT;
  `,
  `
  -- Of an assignment that is not to be installed at once: its kind and window, as JSON.
  ALTER TABLE devices ADD COLUMN pin_terms TEXT;
  `,
  `
  -- Those of a PostgreSQL database, when its rows are archived or moved here. A server that starts adds them to certs/, where its own are.
  CREATE TABLE revocations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    serial TEXT NOT NULL UNIQUE,
    common_name TEXT NOT NULL,
    revoked_at TEXT NOT NULL,
    reason TEXT NOT NULL
  ) STRICT;
  `,
  `
  -- Those of a PostgreSQL database, when its rows are archived or moved here. A server that starts adds them to certs/, where its own are.
  CREATE TABLE issued_certificates (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    fingerprint TEXT NOT NULL UNIQUE,
    serial TEXT NOT NULL,
    common_name TEXT NOT NULL,
    role TEXT NOT NULL CHECK (role IN ('ca', 'server', 'device')),
    not_before TEXT NOT NULL,
    not_after TEXT NOT NULL,
    issued_at TEXT NOT NULL,
    certificate TEXT,
    sealed_key TEXT
  ) STRICT;
  `,
];
