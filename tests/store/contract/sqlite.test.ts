import { describeJournal } from './journal';
import { describeSessionRecords } from './sessions';
import { makeSqliteAdapter } from './sqlite-adapter';
import { describeTokenRecords } from './tokens';
import { describeWebhookRecords } from './webhooks';

describe('the journal in SQLite', () => describeJournal(makeSqliteAdapter));
describe('tokens in SQLite', () => describeTokenRecords(makeSqliteAdapter));
describe('sessions in SQLite', () => describeSessionRecords(makeSqliteAdapter));
describe('webhooks in SQLite', () => describeWebhookRecords(makeSqliteAdapter));
