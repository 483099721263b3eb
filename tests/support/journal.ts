import path from 'node:path';
import Sqlite from 'libsql';

export interface JournalLine {
  readonly kind: string;
  readonly actor: string;
  readonly address: string | null;
  readonly device: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** The journal of a data folder, oldest line first. */
export function readJournal(dataDir: string): readonly JournalLine[] {
  const database = new Sqlite(path.join(dataDir, 'server.db'));
  const rows = database
    .prepare('SELECT kind, actor, address, device, before, after FROM events ORDER BY id')
    .all() as (JournalLine & { readonly before: string | null; readonly after: string | null })[];
  database.close();
  return rows.map(({ before, after, ...line }) => ({ ...line, before: parse(before), after: parse(after) }));
}

function parse(json: string | null): unknown {
  return json === null ? null : (JSON.parse(json) as unknown);
}
