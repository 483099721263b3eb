import { type Postgres, startPostgres } from '../../support/postgres';
import { describeAskedNameRecords } from './asked-names';
import { describeDismissalRecords } from './dismissals';
import { describeHistoryRecords } from './history';
import { describeJournal } from './journal';
import { postgresAdapters } from './postgres-adapter';
import { describeSessionRecords } from './sessions';
import { describeTokenRecords } from './tokens';

let postgres: Postgres;
beforeAll(async () => {
  postgres = await startPostgres();
});
const makeAdapter = postgresAdapters(() => postgres);

describe('the journal in PostgreSQL', () => describeJournal(makeAdapter));
describe('tokens in PostgreSQL', () => describeTokenRecords(makeAdapter));
describe('sessions in PostgreSQL', () => describeSessionRecords(makeAdapter));
describe('dismissals in PostgreSQL', () => describeDismissalRecords(makeAdapter));
describe('asked names in PostgreSQL', () => describeAskedNameRecords(makeAdapter));
describe('the history of the fleet in PostgreSQL', () => describeHistoryRecords(makeAdapter));
