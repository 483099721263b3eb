import { existsSync } from 'node:fs';
import path from 'node:path';
import {
  folders,
  inEveryRun,
  onPostgres,
  onSqliteOnly,
  opensServices,
} from '../../support/postgres-suites.js';

const tests = path.resolve(__dirname, '../..');
const suites = (all: boolean) => onPostgres({ all }).map((file) => path.relative(tests, file));

describe('the suites that run on PostgreSQL too', () => {
  it('are those that open services, themselves or through a helper', () => {
    expect(suites(true)).toContain('unit/services/offers/reports.test.ts');
    expect(suites(true)).toContain('http/admin/devices.test.ts');
    expect(suites(true)).not.toContain('unit/services/certificates/fair-list.test.ts');
  });

  it('are in every run if they are listed for that, under their right names', () => {
    expect(suites(false).sort()).toEqual([...inEveryRun].sort());
    expect(suites(true)).toEqual(expect.arrayContaining([...inEveryRun]));
  });

  it.each(Object.entries(onSqliteOnly))('are not %s, for a reason', (file, reason) => {
    expect(folders.some((folder) => file.startsWith(`${folder}/`))).toBe(true);
    expect(existsSync(path.join(tests, file))).toBe(true);
    expect(opensServices(path.join(tests, file), new Map())).toBe(true);
    expect(reason).toMatch(/^\w.{20,}$/);
    expect(suites(true)).not.toContain(file);
  });
});
