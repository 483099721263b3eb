const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs');
const path = require('node:path');

const tests = path.resolve(__dirname, '..');
/** Whoever opens services through this module gets the store of the Jest project. */
const opener = path.join(tests, 'support/services.ts');

/** The start of each path with tests of PostgreSQL alone. */
const ofPostgres = [
  '<rootDir>/tests/store/postgres/',
  '<rootDir>/tests/store/contract/postgres.',
  '<rootDir>/tests/e2e/postgres',
  '<rootDir>/tests/unit/store/postgres/',
];

/** Suites in these folders run on PostgreSQL too, if they open services and are not named below. */
const folders = ['unit/services', 'http/admin', 'http/device'];

/** Suites that are about SQLite or about what differs with PostgreSQL on purpose, with the reason. */
const onSqliteOnly = {
  'unit/services/catalog/faults.test.ts':
    'a process of its own is killed, with the database in the data folder',
  'unit/services/startup/import-legacy.test.ts':
    'a folder of a version before there were databases is taken over',
  'unit/services/startup/restore-kills.test.ts':
    'a copy of the SQLite file is put back, and the process killed meanwhile',
  'unit/services/startup/restores.test.ts': 'a copy of the SQLite file is put back',
  'unit/services/rollouts/undo-on-slow-disk.test.ts': 'the thread that syncs SQLite waits for a slow disk',
  'unit/services/offers/one-decision.test.ts': 'what tells news is decided a second time in its transaction',
  'unit/services/offers/poll-writes.test.ts': 'writes are counted where the SQLite fleet makes them',
  'unit/services/offers/one-read.test.ts': 'the PostgreSQL fleet itself calls the function that is watched',
  'http/admin/searches.test.ts': 'SQLite searches a large journal in parts, PostgreSQL at once',
  'http/admin/query-plans.test.ts': 'SQLite explains its query plans',
};

/** Stories in the browser that run on PostgreSQL too, with the built server. */
const stories = ['browser/bundles.test.ts', 'browser/rollout.test.ts', 'browser/rollouts.test.ts'];

/** Of the others, those that `npm test` runs; `npm run test:postgres` runs all. */
const inEveryRun = [
  ...stories,
  'http/admin/about.test.ts',
  'http/admin/contract.test.ts',
  'http/admin/device-export.test.ts',
  'http/admin/device-warnings.test.ts',
  'http/admin/devices.test.ts',
  'http/admin/management/actions.test.ts',
  'http/admin/management/modules.test.ts',
  'http/admin/management/races.test.ts',
  'http/admin/management/system-configs.test.ts',
  'http/admin/management/targets.test.ts',
  'http/admin/overview.test.ts',
  'http/admin/releases.test.ts',
  'http/admin/rollout-metrics.test.ts',
  'http/admin/rollouts.test.ts',
  'http/admin/unstorable-text.test.ts',
  'http/device/asked-name.test.ts',
  'http/device/certified-compatible.test.ts',
  'http/device/ddi/deployments.test.ts',
  'http/device/ddi/orphaned.test.ts',
  'http/device/ddi/streaming.test.ts',
  'http/device/hawkbit/strangers.test.ts',
  'http/device/manifest.test.ts',
  'http/device/polling.test.ts',
  'http/device/protocols.test.ts',
  'http/device/ranges.test.ts',
  'http/device/refusals.test.ts',
  'http/device/revocations-unknown.test.ts',
  'unit/services/access/device-tokens.test.ts',
  'unit/services/access/manage-tokens.test.ts',
  'unit/services/catalog/activate-release.test.ts',
  'unit/services/catalog/check-stored-images.test.ts',
  'unit/services/catalog/hash-stored-bundles.test.ts',
  'unit/services/catalog/judge-bundles.test.ts',
  'unit/services/catalog/publish-bundle.test.ts',
  'unit/services/catalog/read-bundle.test.ts',
  'unit/services/hawkbit/opaque-restart.test.ts',
  'unit/services/housekeeping.test.ts',
  'unit/services/offers/offer-update.test.ts',
  'unit/services/offers/record-progress.test.ts',
  'unit/services/offers/reports.test.ts',
  'unit/services/offers/two-boards.test.ts',
  'unit/services/rollouts/versions.test.ts',
  'unit/services/webhooks/manage-webhooks.test.ts',
  'unit/services/webhooks/send-webhooks.test.ts',
  'unit/services/webhooks/webhook-deliveries.test.ts',
];

/** @returns paths of the suites that run on PostgreSQL too: all of them, or those of every run */
function onPostgres({ all }) {
  const reach = new Map();
  const found = folders.flatMap((folder) => suitesIn(path.join(tests, folder)));
  return [...found, ...stories.map((name) => path.join(tests, name))].filter((file) => {
    const name = path.relative(tests, file).replaceAll(path.sep, '/');
    return name in onSqliteOnly ? false : all ? opensServices(file, reach) : inEveryRun.includes(name);
  });
}

function suitesIn(folder) {
  const all = readdirSync(folder, { recursive: true }).map((name) => path.join(folder, name));
  return all.filter((file) => file.endsWith('.test.ts')).sort();
}

/** Whether a test file imports the opener, itself or through files that it imports. */
function opensServices(file, reach) {
  if (file === opener) return true;
  const known = reach.get(file);
  if (known !== undefined) return known;
  reach.set(file, false); // whoever comes back here in a circle
  const does = importsOf(file).some((imported) => opensServices(imported, reach));
  reach.set(file, does);
  return does;
}

function importsOf(file) {
  return [...readFileSync(file, 'utf8').matchAll(/ from '(\.[^']+)'/g)]
    .map(([, name]) => path.resolve(path.dirname(file), `${name}.ts`))
    .filter((imported) => imported.startsWith(tests) && existsSync(imported) && statSync(imported).isFile());
}

module.exports = { folders, inEveryRun, ofPostgres, onPostgres, onSqliteOnly, opensServices };
