import path from 'node:path';
import Sqlite from 'libsql';

/** Kinds that devices cause. */
const often = ['device.booted', 'installation.offered', 'installation.proven'];

/**
 * Fills the journal of a data folder with lines of devices, one per second, in one statement. Every twentieth is from the server. The
 * oldest line is about a token, by `local`.
 */
export function fillJournal(dataDir: string, lines: number, from: Date): void {
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  sqlite.exec('PRAGMA synchronous = OFF'); // `exec` leaves no statement behind that would keep the file open
  const kinds = often.map((kind, index) => `WHEN ${index} THEN '${kind}'`).join(' ');
  sqlite.exec(`
    WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${lines - 1})
    INSERT INTO events (at, kind, actor, message, device, compatible, channel, bundle, release_id, installation_id)
    SELECT
      strftime('%Y-%m-%dT%H:%M:%fZ', ${from.getTime() / 1_000} + i, 'unixepoch'),
      CASE WHEN i = 0 THEN 'token.created' ELSE CASE i % ${often.length} ${kinds} END END,
      CASE WHEN i = 0 THEN 'local' WHEN i % 20 = 0 THEN 'server' ELSE 'device:dev-' || (i % 1000) END,
      'line ' || i,
      CASE WHEN i = 0 THEN NULL ELSE 'dev-' || (i % 1000) END,
      CASE WHEN i = 0 THEN 'rare' ELSE 'board' END,
      'stable',
      CASE WHEN i = 0 THEN 'rare.raucb' WHEN i % ${often.length} > 0 THEN 'fw.raucb' END,
      CASE WHEN i % ${often.length} > 0 THEN i / 100000 + 1 END,
      CASE WHEN i % ${often.length} > 0 THEN i / 4 + 1 END
    FROM n`);
  sqlite.close();
}
