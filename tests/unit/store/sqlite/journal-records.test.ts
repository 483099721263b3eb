import path from 'node:path';
import { type JournalEvent, type NewEvent, theServer } from '../../../../src/core/event';
import { type Database, openDatabase } from '../../../../src/store/sqlite/database';
import { SqliteJournal } from '../../../../src/store/sqlite/journal-records';
import { anyReason, wordOf } from '../../../support/any-reason';
import { madeAt } from '../../../support/fleet-factory';
import { temporaryFolder } from '../../../support/programs';

const line = (word: string): NewEvent => ({
  kind: 'bundle.published',
  at: madeAt,
  actor: theServer,
  reason: anyReason(word),
});

let database: Database;
let journal: SqliteJournal;
let errors: unknown[];
/** What was heard, by word. */
let heard: unknown[];
beforeEach(async () => {
  errors = [];
  heard = [];
  const dataDir = path.join(await temporaryFolder(), 'data');
  database = openDatabase(dataDir, { onError: (error) => errors.push(error) });
  journal = new SqliteJournal(database);
});
afterEach(() => database.close());

const hear = (events: readonly JournalEvent[]) => {
  heard.push(...events.map(wordOf));
};
const stored = async () => (await journal.after(0, 100)).map(wordOf);

describe('who listens to the journal', () => {
  it('hears of a line when it is committed, and not before', async () => {
    journal.listen(hear);
    const written = database.transact(() => {
      journal.append([line('a')]);
      expect(heard).toEqual([]);
    });
    expect(heard).toEqual([]);
    await written;
    expect(heard).toEqual(['a']);
  });

  it('hears nothing of work that failed, but of what shared its commit', async () => {
    journal.listen(hear);
    const results = await Promise.allSettled([
      journal.record([line('before')]),
      database.transact(() => {
        journal.append([line('lost')]);
        throw new Error('no');
      }),
      journal.record([line('after')]),
    ]);
    expect(results.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'fulfilled']);
    expect(heard).toEqual(['before', 'after']);
    expect(await stored()).toEqual(heard);
  });

  it('keeps nobody from hearing by throwing, leaves no promise open, and ends nothing', async () => {
    const failure = new Error('a listener failed');
    journal.listen(() => {
      throw failure;
    });
    journal.listen(hear);
    await Promise.all([journal.record([line('a')]), journal.record([line('b')])]);
    await journal.record([line('c')]);
    expect(heard).toEqual(['a', 'b', 'c']);
    expect(await stored()).toEqual(heard);
    expect(errors).toEqual([failure, failure, failure]);
  });

  it('hears nothing from the moment at which it ends that, also when another one does it for it', async () => {
    journal.listen(() => stop());
    const stop = journal.listen(hear);
    await journal.record([line('a')]);
    stop();
    await journal.record([line('b')]);
    expect(heard).toEqual([]);
  });
});
