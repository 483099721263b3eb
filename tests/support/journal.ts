import { runSql } from './test-database';

export interface JournalLine {
  readonly kind: string;
  readonly actor: string;
  readonly address: string | null;
  readonly device: string | null;
  readonly before: unknown;
  readonly after: unknown;
}

/** The journal of a data folder, oldest line first. */
export async function readJournal(dataDir: string): Promise<readonly JournalLine[]> {
  const select = 'SELECT kind, actor, address, device, before, after FROM events ORDER BY id';
  const rows = (await runSql(dataDir, select)) as (JournalLine & {
    readonly before: string | null;
    readonly after: string | null;
  })[];
  return rows.map(({ before, after, ...line }) => ({ ...line, before: parse(before), after: parse(after) }));
}

function parse(json: string | null): unknown {
  return json === null ? null : (JSON.parse(json) as unknown);
}
