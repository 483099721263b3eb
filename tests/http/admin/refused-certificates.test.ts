import { runCommand } from '../../support/cli-harness';
import { temporaryFolder } from '../../support/programs';
import { type AdminListener, openAdminListener } from './admin-listener';

const now = new Date('2026-11-02T12:00:00Z');
let admin: AdminListener;
let cwd: string;
beforeEach(async () => {
  cwd = await temporaryFolder();
  admin = await openAdminListener({ now: () => now });
});
afterEach(() => admin.close());

function refuse(id: string): void {
  admin.opened.services.refusedCertificates.note({
    ...{ cause: 'expired', reason: 'CERT_HAS_EXPIRED', fingerprint: `f1-${id}` },
    ...{ address: '192.0.2.7', addressGroup: '192.0.2.7' },
    describe: () => ({
      ...{ subject: `CN=${id}`, issuer: 'CN=Acme devices', serial: '1f', deviceId: id, isOurs: true },
    }),
  });
}
const shown = (id: string, count: number) => ({
  ...{ subject: `CN=${id}`, serial: '1f', issuer: 'CN=Acme devices', fingerprint: `f1-${id}`, device: id },
  ...{ ours: true, cause: 'expired', reason: 'CERT_HAS_EXPIRED', address: '192.0.2.7', count },
  ...{ reason_code: null, reason_parameters: null },
  remedy: 'Issue the device a new certificate: cert device <id> --force.',
  first_at: now.toISOString(),
  last_at: now.toISOString(),
});
const list = async (query = '') =>
  (await admin.http.get(`/api/refused-certificates${query}`).expect(200)).body as object;
const run = (...args: string[]) => runCommand(['cert', 'refused', ...args, '--server', admin.url], { cwd });

describe('certificates that were refused', () => {
  it('are listed with their reason and what to do, and found by a search', async () => {
    expect(await list()).toEqual({ certificates: [], total: 0 });
    for (const id of ['board-1', 'board-2', 'board-2']) refuse(id);
    expect(await list()).toEqual({ certificates: [shown('board-2', 2), shown('board-1', 1)], total: 2 });
    expect(await list('?limit=1')).toEqual({ certificates: [shown('board-2', 2)], total: 2 });
    expect(await list('?search=board-1')).toEqual({ certificates: [shown('board-1', 1)], total: 1 });
  });

  it.each(['?search=' + 'x'.repeat(101), '?limit=0', '?limit=1001', '?since=1'])(
    'are not listed for %s',
    (query) => admin.http.get(`/api/refused-certificates${query}`).expect(400),
  );

  it('are a table of the command line, and the whole answer with --json', async () => {
    expect(await run()).toMatchObject({ code: 0, stdout: '', stderr: 'no certificates were refused\n' });
    for (const id of ['board-1', 'board-2']) refuse(id);
    const { code, stdout } = await run();
    expect(code).toBe(0);
    expect(stdout.split('\n')[0]).toMatch(/^SUBJECT +SERIAL +ISSUER +ADDRESS +TIMES +LAST +REASON/);
    expect(stdout).toMatch(
      /CN=board-1 +1f +CN=Acme devices +192\.0\.2\.7 +1 +2026-11-02T12:00:00\.000Z +CERT_HAS/,
    );
    const found = await run('--search', 'board-2', '--json');
    expect(JSON.parse(found.stdout)).toEqual({ certificates: [shown('board-2', 1)], total: 1 });
  });
});
