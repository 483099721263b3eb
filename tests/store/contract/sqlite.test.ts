import { describeAskedNameRecords } from './asked-names';
import { describeDismissalRecords } from './dismissals';
import { describeHistoryRecords } from './history';
import { describeJournal } from './journal';
import { describeRestoreRecords } from './restores';
import { describeSessionRecords } from './sessions';
import { makeSqliteAdapter } from './sqlite-adapter';
import { describeTokenRecords } from './tokens';
import { describeWebhookRecords } from './webhooks';

describe('the journal in SQLite', () => describeJournal(makeSqliteAdapter));
describe('tokens in SQLite', () => describeTokenRecords(makeSqliteAdapter));
describe('sessions in SQLite', () => describeSessionRecords(makeSqliteAdapter));
describe('webhooks in SQLite', () => describeWebhookRecords(makeSqliteAdapter));
describe('restores in SQLite', () => describeRestoreRecords(makeSqliteAdapter));
describe('dismissals in SQLite', () => describeDismissalRecords(makeSqliteAdapter));
describe('asked names in SQLite', () => describeAskedNameRecords(makeSqliteAdapter));
describe('the history of the fleet in SQLite', () => describeHistoryRecords(makeSqliteAdapter));
