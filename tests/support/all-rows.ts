import Sqlite from 'libsql';

/** Every row of every table of a SQLite database, also of SQLite's own. */
export function allRows(file: string): Readonly<Record<string, readonly string[]>> {
  const sqlite = new Sqlite(file);
  try {
    const tables = sqlite
      .prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
      .all([]);
    return Object.fromEntries(
      (tables as { name: string }[]).map(({ name }) => {
        const rows = sqlite.prepare(`SELECT * FROM ${name}`).all([]);
        return [name, rows.map((row) => JSON.stringify(row)).sort()];
      }),
    );
  } finally {
    sqlite.close();
  }
}
