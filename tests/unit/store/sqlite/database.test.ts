import path from 'node:path';
import { openDatabase } from '../../../../src/store/sqlite/database';
import { temporaryFolder } from '../../../support/programs';
import { refusal } from '../../../support/refusal';

describe('a database that is closed', () => {
  async function open(name: string) {
    return openDatabase(path.join(await temporaryFolder(), name));
  }

  it('refuses who comes late, and does not end the process', async () => {
    const database = await open('late');
    const query = database.query.selectFrom('tokens').selectAll();
    expect(database.all(query)).toEqual([]);
    database.close();
    expect(() => database.all(query)).toThrow(refusal('unavailable'));
    await expect(database.transact(() => database.all(query))).rejects.toThrow(refusal('unavailable'));
    database.close();
  });

  it('has committed what was waiting', async () => {
    const folder = path.join(await temporaryFolder(), 'shared');
    const database = openDatabase(folder);
    const marker = (name: string) =>
      database.transact(() =>
        database.all(database.query.insertInto('markers').values({ name, at: '2026-01-01T00:00:00.000Z' })),
      );
    const written = marker('first');
    database.close();
    await written;
    const other = openDatabase(folder);
    expect(other.all(other.query.selectFrom('markers').select('name'))).toEqual([{ name: 'first' }]);
    other.close();
  });
});
