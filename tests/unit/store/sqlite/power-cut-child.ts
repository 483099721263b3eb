/**
 * A process of its own that writes rows, some at once, and prints the name of each that is acknowledged, until it is killed.
 * Arguments: data folder, the first name; `rows` instead prints all that there are, and what SQLite says of the database.
 */
import { writeSync } from 'node:fs';
import path from 'node:path';
import Sqlite from 'libsql';
import { openDatabase } from '../../../../src/store/sqlite/database';

const [dataDir = '', first = '0'] = process.argv.slice(2);
const database = openDatabase(dataDir, first === 'rows' ? {} : { diskThread: {} });
const at = '2026-01-01T00:00:00.000Z';
let next = Number(first);

async function writeOn(): Promise<never> {
  for (;;) {
    const name = `${next++}`;
    // Every tenth is so long that the -wal file goes into the database soon.
    const row = { name: name.endsWith('0') ? name.padEnd(120_000, ' ') : name, at };
    await database.transact(() => {
      database.all(database.query.insertInto('markers').values(row));
    });
    writeSync(1, `${name}\n`);
  }
}

function printRows(): void {
  const rows = database.all(database.query.selectFrom('markers').select('name'));
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  const integrity = sqlite.prepare('PRAGMA integrity_check').all([]);
  process.stdout.write(JSON.stringify({ integrity, names: rows.map(({ name }) => name.trimEnd()) }));
  sqlite.close();
  database.close();
}

if (first === 'rows') printRows();
else for (let writer = 0; writer < 4; writer += 1) void writeOn();
