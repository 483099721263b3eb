import { describeAskedNameRecords } from './asked-names';
import { describeCatalogRecords } from './catalog';
import { describeDecisions } from './decisions';
import { describeDeviceUpdates } from './device-updates';
import { describeDismissalRecords } from './dismissals';
import { describeFleetCounts } from './fleet-counts';
import { describeHistoryRecords } from './history';
import { describeJournal } from './journal';
import { describeReleaseResults } from './release-results';
import { describeRestoreRecords } from './restores';
import { describeSessionRecords } from './sessions';
import { makeSqliteAdapter, makeThreadedSqliteAdapter } from './sqlite-adapter';
import { describeTombstones } from './tombstones';
import { describeTokenRecords } from './tokens';
import { describeWebhookDeliveries } from './webhook-deliveries';
import { describeWebhookRecords } from './webhooks';

describe('the catalog in SQLite', () => describeCatalogRecords(makeSqliteAdapter));
describe('deleting a bundle in SQLite', () => describeTombstones(makeSqliteAdapter));
describe('what contacts make of devices in SQLite', () => describeDeviceUpdates(makeSqliteAdapter));
describe('what people decide about devices in SQLite', () => describeDecisions(makeSqliteAdapter));
describe('what a release came to in SQLite', () => describeReleaseResults(makeSqliteAdapter));
describe('counts of the fleet in SQLite', () => describeFleetCounts(makeSqliteAdapter));
describe('the journal in SQLite', () => describeJournal(makeSqliteAdapter));
describe('tokens in SQLite', () => describeTokenRecords(makeSqliteAdapter));
describe('sessions in SQLite', () => describeSessionRecords(makeSqliteAdapter));
describe('webhooks in SQLite', () => describeWebhookRecords(makeSqliteAdapter));
describe('deliveries of webhooks in SQLite', () => describeWebhookDeliveries(makeSqliteAdapter));
describe('restores in SQLite', () => describeRestoreRecords(makeSqliteAdapter));
describe('dismissals in SQLite', () => describeDismissalRecords(makeSqliteAdapter));
describe('asked names in SQLite', () => describeAskedNameRecords(makeSqliteAdapter));
describe('the history of the fleet in SQLite', () => describeHistoryRecords(makeSqliteAdapter));

describe('with a thread for the disk', () => {
  describe('the catalog in SQLite', () => describeCatalogRecords(makeThreadedSqliteAdapter));
  describe('deleting a bundle in SQLite', () => describeTombstones(makeThreadedSqliteAdapter));
  describe('what people decide about devices in SQLite', () => describeDecisions(makeThreadedSqliteAdapter));
  describe('the journal in SQLite', () => describeJournal(makeThreadedSqliteAdapter));
});
