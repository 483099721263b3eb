import path from 'node:path';
import Sqlite from 'libsql';

export interface FleetSize {
  readonly devices: number;
  /** Of each device. */
  readonly installations: number;
  /** Lines of the journal about each device. */
  readonly lines: number;
}

/**
 * Makes a fleet of the only device of a stopped installation, in one statement for each table: its rows are copied, with ids of their own. The
 * device has a label, a certificate, and one installation with a log.
 */
export function multiplyDevice(dataDir: string, { devices, installations, lines }: FleetSize): void {
  const sqlite = new Sqlite(path.join(dataDir, 'server.db'));
  sqlite.pragma('synchronous = OFF');
  const copy = (table: string, times: number, changes: Readonly<Record<string, string>>) => {
    const columns = sqlite
      .prepare(`SELECT name FROM pragma_table_xinfo('${table}') WHERE hidden = 0`)
      .all([]);
    const names = (columns as { readonly name: string }[]).map(({ name }) => name);
    const values = names.map((name) => changes[name] ?? `one."${name}"`);
    sqlite.exec(`
      WITH RECURSIVE n (i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < ${times - 1})
      INSERT INTO ${table} (${names.map((name) => `"${name}"`).join(', ')})
      SELECT ${values.join(', ')} FROM n, (SELECT * FROM ${table} ORDER BY 1 DESC LIMIT 1) AS one`);
  };
  const id = (i: string) => `'copy-' || (${i})`;
  const first = 1_000;
  copy('devices', devices, {
    id: id('i'),
    serial: "'SN-' || i",
    machine_id: "printf('%032x', i)",
    installation_id: `${first} + i * ${installations} + ${installations - 1}`,
  });
  copy('device_labels', devices, { device: id('i') });
  copy('device_certificates', devices, { device: id('i'), serial: "printf('%x', 65536 + i)" });
  const ofDevice = id(`i / ${installations}`);
  copy('installations', devices * installations, { id: `${first} + i`, device: ofDevice });
  copy('installation_logs', devices * installations, { installation: `${first} + i` });
  copy('events', devices * lines, { id: 'NULL', device: id(`i / ${lines}`) });
  sqlite.pragma('wal_checkpoint(TRUNCATE)'); // closing it may wait until its statements are collected
  sqlite.close();
}

/** @returns the tables with rows that only one of two databases has */
export function differentTables(some: string, others: string): readonly string[] {
  const sqlite = new Sqlite(some);
  sqlite.exec(`ATTACH '${others}' AS others`);
  const tables = sqlite.prepare("SELECT name FROM sqlite_master WHERE type = 'table'").all([]);
  const differs = (name: string) => {
    const [here, there] = [`SELECT * FROM main."${name}"`, `SELECT * FROM others."${name}"`];
    const only = `SELECT count(*) AS rows FROM`;
    const found = sqlite
      .prepare(`${only} (${here} EXCEPT ${there}) UNION ALL ${only} (${there} EXCEPT ${here})`)
      .all([]) as { readonly rows: number }[];
    return found.some(({ rows }) => rows > 0);
  };
  const different = (tables as { readonly name: string }[]).map(({ name }) => name).filter(differs);
  sqlite.close();
  return different;
}
