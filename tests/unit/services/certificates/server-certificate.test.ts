import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import path from 'node:path';
import { Registry } from 'prom-client';
import { registerCertificateMetrics } from '../../../../src/http/admin/metrics/certificate-metrics';
import { coversHost } from '../../../../src/pki/server-names';
import { loadServerTls, type ServerTls } from '../../../../src/pki/server-tls';
import { AskedNames } from '../../../../src/services/certificates/asked-names';
import {
  ServerCertificate,
  type ServerCertificatePorts,
} from '../../../../src/services/certificates/server-certificate';
import { ofServerCertificate } from '../../../../src/services/overview/server-certificate-attention';
import { type OpenStore, openStore } from '../../../../src/store/store';
import { emptyFolder, type TestFolder } from '../../../support/certificate-folder';
import { eventually } from '../../../support/eventually';
import { temporaryFolder } from '../../../support/programs';
import { withMessage } from '../../../support/with-message';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const start = new Date('2030-01-01T00:00:00Z');
let at: Date;
let made: TestFolder;
let store: OpenStore;
let dataDir: string;
let tls: ServerTls;
let taken: ServerTls[];
let askedNames: AskedNames;
let lines: { level: string; message: string }[];

const now = () => at;
const pass = (ms: number) => (at = new Date(at.getTime() + ms));
const line = (level: string) => (_: object, message: string) => void lines.push({ level, message });
const log = { info: line('info'), warn: line('warn'), error: line('error') };
const errors = () => lines.filter(({ level }) => level === 'error').map(({ message }) => message);
const load = () => loadServerTls(made.dir, { now, allowsExpired: true });
const openAgain = () => openStore(dataDir, { newName: randomUUID, pid: process.pid });
const kinds = async () =>
  (await store.journal.search({ kinds: ['certificate.'] }, { limit: 100 })).events.map(({ kind }) => kind);

/** As the composition root does it. */
async function serve(
  journal: ServerCertificatePorts<ServerTls>['journal'] = store.journal,
): Promise<ServerCertificate<ServerTls>> {
  askedNames = await AskedNames.open({ records: store.askedNames, now });
  return new ServerCertificate<ServerTls>({
    inUse: () => tls,
    takeOver(found) {
      taken.push(found);
      tls = found;
    },
    renew: () => made.folder.renewServer(),
    askedNames,
    covers: coversHost,
    journal,
    log,
    now,
  });
}

const attention = (served: ServerCertificate<ServerTls>) =>
  withMessage(ofServerCertificate(served.status(), at));
async function metrics(served: ServerCertificate<ServerTls>): Promise<string> {
  const registry = new Registry();
  registerCertificateMetrics(registry, () => served.status());
  return await registry.metrics();
}

beforeEach(async () => {
  at = start;
  [taken, lines] = [[], []];
  made = await emptyFolder(now);
  await made.folder.createCa({});
  await made.folder.createServer({ names: ['a.example.com', 'b.example.com'], ips: [] });
  tls = await load();
  dataDir = path.join(await temporaryFolder(), 'data');
  store = await openAgain();
});
afterEach(() => store.close());

describe('while ca.key is there', () => {
  it('the certificate renews itself in its last 30 days: a line in the journal and the log, a metric, and no attention', async () => {
    const served = await serve();
    await served.run();
    at = new Date(start.getTime() + 796 * dayMs);
    await served.run();
    expect((await load()).summary.notAfter).toEqual(new Date(at.getTime() + 825 * dayMs));
    expect(await kinds()).toEqual(['certificate.renewed']);
    expect(lines.map(({ level }) => level)).toEqual(['info']);
    expect(attention(served)).toEqual([]);
    expect(await metrics(served)).toContain('rauc_server_certificate_renewals_total{outcome="renewed"} 1');
    await served.run(); // the listener has not taken it over yet
    tls = served.choose(await load());
    await served.run();
    expect(served.status().renewals).toEqual({ renewed: 1, failed: 0 });
  });

  it('nothing happens before, however often it is asked', async () => {
    const before = await made.read('server.crt');
    const served = await serve();
    for (let hours = 0; hours < 48; hours++, pass(hourMs)) await served.run();
    expect([await made.read('server.crt'), lines, await kinds()]).toEqual([before, [], []]);
  });
});

describe('where it cannot renew itself', () => {
  beforeEach(async () => {
    await rm(made.at('ca.key'));
    at = new Date(start.getTime() + 796 * dayMs);
  });

  it('people are told once a day: attention, an error line, an event, and a metric', async () => {
    const served = await serve();
    for (let hours = 0; hours < 49; hours++, pass(hourMs)) await served.run();
    expect(errors()).toHaveLength(3);
    expect(await kinds()).toEqual(['certificate.expiring', 'certificate.expiring', 'certificate.expiring']);
    const [item] = attention(served);
    expect(item?.kind).toBe('server-certificate-expiring');
    expect(item?.message).toContain('ca.key');
    expect(await metrics(served)).toContain('rauc_server_certificate_renewal_failing 1');
    expect(await metrics(served)).toContain('rauc_server_certificate_renewals_total{outcome="failed"} 49');
  });

  it('the event says why and what to do, as codes', async () => {
    await (await serve()).run();
    const { events } = await store.journal.search({}, { limit: 1 });
    expect(events[0]?.after).toMatchObject({
      reason: { code: expect.any(String) as string, parameters: expect.any(Object) as object },
      remedy: { code: expect.any(String) as string, parameters: expect.any(Object) as object },
    });
  });

  it('a restart within the day sends no second event', async () => {
    await (await serve()).run();
    store.close();
    store = await openAgain();
    pass(hourMs);
    await (await serve()).run();
    expect(await kinds()).toEqual(['certificate.expiring']);
  });

  it('an expired one is told about in the same way, for as long as it is there', async () => {
    at = new Date(start.getTime() + 900 * dayMs);
    const served = await serve();
    await served.run();
    expect(attention(served)[0]?.message).toContain('has expired');
    expect(errors()).toHaveLength(1);
  });

  it('all is well again once there is a new one', async () => {
    const served = await serve();
    await served.run();
    expect(attention(served)).toHaveLength(1);
    const other = await emptyFolder(now);
    await other.folder.createCa({});
    await other.folder.createServer({ names: ['a.example.com', 'b.example.com'], ips: [] });
    tls = served.choose(await loadServerTls(other.dir, { now }));
    await served.run(); // at once, not an hour later
    expect(attention(served)).toEqual([]);
    expect(await metrics(served)).toContain('rauc_server_certificate_renewal_failing 0');
  });

  it('a journal that takes no line stops nothing', async () => {
    const served = await serve();
    store.close();
    await expect(served.run()).rejects.toMatchObject({ code: 'unavailable' });
    expect(errors().length).toBeGreaterThan(0);
    expect(attention(served)).toHaveLength(1);
    store = await openAgain();
  });

  it('a check that failed counts as failing until the next one succeeds', async () => {
    let isBroken = true;
    const journal = {
      record: () => Promise.resolve(),
      search: (...query: Parameters<OpenStore['journal']['search']>) =>
        isBroken ? Promise.reject(new Error('locked')) : store.journal.search(...query),
    };
    const served = await serve(journal);
    await expect(served.run()).rejects.toThrow('locked');
    isBroken = false;
    await expect(served.run()).rejects.toThrow('locked');
    pass(hourMs);
    await served.run();
  });
});

describe('a new certificate that misses a name that devices asked for', () => {
  const remake = async (...names: string[]) => {
    await made.folder.createServer({ names, ips: [], force: true });
    return await load();
  };

  it('is not used, which is said once; the CAs beside it are', async () => {
    const served = await serve();
    served.noteName('A.example.com');
    served.noteName('stranger.example.com');
    const found = { ...(await remake('b.example.com')), ca: 'another list of CAs' };
    const chosen = served.choose(found);
    expect(chosen).toEqual({
      ...tls,
      ca: found.ca,
      takenOver: found.takenOver,
      caNotAfter: found.caNotAfter,
    });
    served.choose(found);
    expect(errors()).toHaveLength(1);
    await served.run();
    await eventually(async () => (await kinds()).length > 0);
    expect(await kinds()).toEqual(['certificate.held-back']);
    const [item] = attention(served);
    expect(item).toMatchObject({ kind: 'server-certificate-held-back', count: 1 });
    expect(item?.message).toContain('--name a.example.com --force');
    expect(await metrics(served)).toContain('rauc_server_certificate_held_back 1');
  });

  it('is used when nobody has asked for 7 days', async () => {
    const served = await serve();
    served.noteName('a.example.com');
    const found = await remake('b.example.com');
    tls = served.choose(found);
    pass(6 * dayMs);
    await served.run();
    expect(taken).toEqual([]);
    pass(dayMs + hourMs);
    await served.run();
    expect(taken).toEqual([found]);
    expect(attention(served)).toEqual([]);
  });

  it('gives way to one that has the name', async () => {
    const served = await serve();
    served.noteName('a.example.com');
    tls = served.choose(await remake('b.example.com'));
    const good = await remake('*.example.com');
    expect(served.choose(good)).toEqual(good);
    expect(attention(served)).toEqual([]);
  });

  it('is used after a restart, and then the names that it misses are said', async () => {
    const before = await serve();
    before.noteName('a.example.com');
    await before.run();
    await askedNames.save();
    tls = await remake('b.example.com');
    store.close();
    store = await openAgain();
    const served = await serve();
    const [item] = attention(served);
    expect(item).toMatchObject({ kind: 'server-certificate-misses-names', count: 1 });
    expect(item?.message).toContain('--name a.example.com --force');
    pass(8 * dayMs);
    expect(attention(served)).toEqual([]);
  });

  it('does not depend on names that nobody asked for', async () => {
    const served = await serve();
    served.noteName('b.example.com');
    const found = await remake('b.example.com');
    expect(served.choose(found)).toEqual(found);
  });
});
