import net from 'node:net';
import { eventKinds } from '../../../src/core/event';
import { anyReason } from '../../support/any-reason';
import { eventually } from '../../support/eventually';
import { SimulatedDevice } from '../../support/simulated-device';
import { SseReader } from '../../support/sse-reader';
import { runSql } from '../../support/test-database';
import { type AdminListener, openAdminListener } from './admin-listener';

const person = { name: 'local', address: '127.0.0.1' };

/** A word for each number. */
const letters = (number: number) =>
  String(number).replaceAll(/\d/g, (digit) => 'abcdefghij'.charAt(Number(digit)));

interface Page {
  readonly events: { id: number; kind: string; actor: string; device: string | null; message: string }[];
  readonly next_before: number | null;
}

describe('the journal over HTTP', () => {
  let admin: AdminListener;
  const lastId = async () => await admin.opened.services.readJournal.lastId();
  const page = async (query = '') => (await admin.http.get(`/api/events${query}`).expect(200)).body as Page;

  beforeAll(async () => {
    admin = await openAdminListener();
    const { services } = admin.opened;
    for (const id of ['a', 'b', 'c']) {
      await new SimulatedDevice(services, id, { now: () => new Date('2026-11-02T12:00:00Z') }).poll();
    }
    await services.manageDevices.hold('b', 'on a desk', person);
    await services.manageDevices.change('b', { labels: ['lab'] }, person);
  });
  afterAll(() => admin.close());

  it('tells what devices and people did, newest first', async () => {
    const { events } = await page();
    expect(events.map(({ kind, device }) => [kind, device])).toEqual([
      ['device.changed', 'b'],
      ['device.held', 'b'],
      ['device.registered', 'c'],
      ['device.registered', 'b'],
      ['device.registered', 'a'],
    ]);
    expect(events[1]).toMatchObject({
      actor: 'local',
      address: '127.0.0.1',
      message: 'b is held: on a desk',
      reason: 'device-held',
      parameters: { device: 'b', why: 'on a desk' },
      after: { reason: 'on a desk' },
    });
    expect(events[0]).toMatchObject({ before: { labels: [] }, after: { labels: ['lab'] } });
    expect(events[4]).toMatchObject({ actor: 'device:a' });
  });

  it.each([
    ['?kind=device.held', 1],
    ['?kind=device.held,device.changed', 2],
    ['?kind=device.', 5],
    ['?kind=rollout.', 0],
    ['?device=b', 3],
    ['?people=true', 2],
    ['?people=true&kind=device.held', 1],
    ['?people=true&device=a', 0],
    ['?people=true&device=b&limit=1', 1],
    ['?people=true&actor=device:a', 0],
    ['?people=false', 5],
    ['?actor=local', 2],
    ['?compatible=test-board', 5],
    ['?until=2026-11-03T00:00:00Z&kind=device.registered', 3],
    ['?since=2026-11-03T00:00:00%2B01:00&kind=device.registered', 0],
  ])('finds %s', async (query, count) => {
    expect((await page(query)).events).toHaveLength(count);
  });

  it('is read page by page', async () => {
    const first = await page('?limit=2');
    const second = await page(`?limit=2&before=${first.next_before ?? ''}`);
    const third = await page(`?limit=2&before=${second.next_before ?? ''}`);
    const all = [...first.events, ...second.events, ...third.events];
    expect(all.map(({ id }) => id)).toEqual((await page()).events.map(({ id }) => id));
    expect(third.next_before).toBeNull();
  });

  it('tells how often, and when first, of what a device did again and again', async () => {
    const [single] = (await page('?limit=1')).events;
    expect(single).toMatchObject({ count: 1, first_at: null });
    const firstAt = new Date('2026-11-02T12:00:00Z');
    const actor = { name: 'device:a', address: '10.0.0.1' };
    const last = {
      kind: 'device.booted',
      at: new Date('2026-11-02T13:00:00Z'),
      actor,
      reason: anyReason('a'),
    } as const;
    const sse = await SseReader.open(`${admin.url}/api/events`);
    await admin.opened.store.journal.record([{ ...last, repeats: { count: 3600, firstAt } }]);
    const told = { count: 3600, first_at: firstAt.toISOString(), at: last.at.toISOString() };
    expect((await page('?kind=device.booted')).events).toMatchObject([told]);
    await eventually(() => sse.events.length === 1);
    expect(sse.events[0]?.data).toMatchObject(told);
    sse.close();
  });

  it('tells a line of another version by the sentence that came with it, or else by its kind', async () => {
    await runSql(
      admin.opened.dataDir,
      `INSERT INTO events (at, kind, actor, message, reason, parameters) VALUES
      ('2026-11-02T14:00:00.000Z', 'session.begun', 'local', 'somebody signed in', NULL, NULL),
      ('2026-11-02T14:00:00.000Z', 'session.begun', 'local', 'stolen', 'session-stolen', '{"tokenName":"ci"}'),
      ('2026-11-02T14:00:00.000Z', 'session.begun', 'local', '', 'session-stolen', '{"tokenName":"ci"}')`,
    );
    const { events } = await page('?kind=session.');
    const said = { reason: 'session-stolen', parameters: { token_name: 'ci' } };
    expect(events).toMatchObject([
      { message: 'session.begun', ...said },
      { message: 'stolen', ...said },
      { message: 'somebody signed in', reason: null, parameters: null },
    ]);
  });

  it.each(['?kind=device.exploded', '?kind=device', '?kind=devise.', '?kind=device.held,device.exploded'])(
    'refuses %s, and says what a kind is',
    async (query) => {
      const answer = await admin.http.get(`/api/events${query}`).expect(400);
      expect(answer.body).toMatchObject({ detail: expect.stringContaining('not a kind of event') as string });
    },
  );

  it.each(['?kind=%00', '?limit=0', '?since=yesterday', '?colour=red'])('refuses %s', async (query) => {
    const answer = await admin.http.get(`/api/events${query}`).expect(400);
    expect(answer.body).toMatchObject({ code: 'invalid-input' });
  });

  it('takes every kind that there is, and refuses a list of more, with the limit', async () => {
    expect((await page(`?kind=${eventKinds.join(',')}`)).events.length).toBeGreaterThan(0);
    // The same one again and again is one.
    expect((await page(`?kind=${Array<string>(160).fill('device.').join(',')}`)).events).not.toEqual([]);
    const kinds = Array.from({ length: 160 }, (_, index) => `k.${letters(index)}`);
    const many = await admin.http.get(`/api/events?kind=${kinds.join(',')}`).expect(400);
    expect((many.body as { detail: string }).detail).toContain('at most 64 kinds');
    const long = await admin.http.get(`/api/events?kind=${'a'.repeat(2_001)}`).expect(400);
    expect((long.body as { detail: string }).detail).toContain('2000');
  });

  it('says that a page is the last, that nothing was left out, and which line is the newest', async () => {
    const answer = (await admin.http.get('/api/events?kind=rollout.').expect(200)).body as object;
    expect(answer).toEqual({ events: [], next_before: null, searched_until: null, last_id: await lastId() });
  });

  it('has what is newer than a line that is known', async () => {
    expect((await page(`?after=${(await lastId()) - 1}`)).events).toHaveLength(1);
    expect((await page(`?after=${await lastId()}`)).events).toEqual([]);
  });

  it('has a line for tokens, without their secrets', async () => {
    const made = await admin.http.post('/api/tokens').send({ name: 'ci', scope: 'read' }).expect(201);
    await admin.http.delete('/api/tokens/ci').expect(200);
    await eventually(async () => (await page('?kind=token.')).events.length === 2);
    expect(JSON.stringify(await page())).not.toContain((made.body as { secret: string }).secret);
  });
});

describe('the stream of events', () => {
  let admin: AdminListener;
  const readers: SseReader[] = [];
  const open = async (lastEventId?: number, query = '') => {
    const reader = await SseReader.open(`${admin.url}/api/events${query}`, lastEventId);
    readers.push(reader);
    return reader;
  };
  const hold = (id: string) => admin.opened.services.manageDevices.hold(id, '', person);
  const at = new Date('2026-11-02T12:00:00Z');

  beforeEach(async () => {
    admin = await openAdminListener();
    await new SimulatedDevice(admin.opened.services, 'a', { now: () => at }).poll();
  });
  afterEach(async () => {
    for (const reader of readers.splice(0)) reader.close();
    await admin.close();
  });

  it('sends what happens from now on', async () => {
    const reader = await open();
    expect([reader.status, reader.contentType]).toEqual([200, 'text/event-stream']);
    await hold('a');
    const [event] = await reader.until(1);
    expect(event).toMatchObject({ kind: 'device.held', data: { device: 'a', message: 'a is held' } });
    expect(event?.id).toBe(event?.data.id);
  });

  it('goes on after the event that the reader knows, without a gap and without a second time', async () => {
    for (let turn = 0; turn < 1_200; turn += 1) await admin.opened.store.journal.record([lineOf(turn)]);
    const reader = await open(3);
    await hold('a');
    const events = await reader.until(1_199);
    expect(events.map(({ id }) => id)).toEqual(Array.from({ length: 1_199 }, (_, index) => index + 4));
  });

  it('sends only what is asked for', async () => {
    const reader = await open(undefined, '?kind=device.held&device=a');
    await admin.opened.services.manageDevices.change('a', { notes: 'x' }, person);
    await hold('a');
    expect((await reader.until(1)).map(({ kind }) => kind)).toEqual(['device.held']);
  });

  it('is resumed on a server that was started again on the same data', async () => {
    const reader = await open();
    await hold('a');
    const known = (await reader.until(1)).at(-1)?.id;
    const { dataDir } = admin.opened;
    await admin.close();
    await eventually(() => reader.isOver);
    admin = await openAdminListener({ dataDir });
    await admin.opened.services.manageDevices.liftHold('a', person);
    const resumed = await open(known);
    expect((await resumed.until(1)).map(({ kind }) => kind)).toEqual(['device.hold-lifted']);
  });

  it('holds nothing back for a reader that does not read, and everybody else goes on', async () => {
    const other = await open();
    const lazy = net.connect(admin.port, '127.0.0.1');
    lazy.on('error', () => undefined);
    lazy.write(`GET /api/events HTTP/1.1\r\nHost: localhost\r\nAccept: text/event-stream\r\n\r\n`);
    await new Promise((resolve) => lazy.once('data', resolve));
    lazy.pause();
    const reason = anyReason('x'.repeat(10_000));
    for (let turn = 0; turn < 2_000; turn += 1) {
      await admin.opened.store.journal.record([{ ...lineOf(turn), reason }]);
    }
    await other.until(2_000);
    lazy.destroy();
    await hold('a');
    await other.until(2_001);
  });

  it('replays many large lines to the end', async () => {
    const reason = anyReason('x'.repeat(10_000));
    await admin.opened.store.journal.record(
      Array.from({ length: 1_500 }, (_, turn) => ({ ...lineOf(turn), reason })),
    );
    const reader = await open(0);
    expect((await reader.until(1_501)).map(({ id }) => id)).toEqual(
      Array.from({ length: 1_501 }, (_, index) => index + 1),
    );
  });

  it('sends lines that another process wrote in between', async () => {
    const reader = await open();
    await runSql(
      admin.opened.dataDir,
      `INSERT INTO events (at, kind, actor, message)
       VALUES ('2026-11-02T12:00:00.000Z', 'token.created', 'cli:me', 'a command has made a token')`,
    );
    await hold('a');
    expect((await reader.until(2)).map(({ data }) => data.message)).toEqual([
      'a command has made a token',
      'a is held',
    ]);
  });

  describe('that one reader opens many times', () => {
    const tokenOf = async (name: string) => {
      const made = { name, scope: 'read', actor: 'local' } as const;
      const { secret } = await admin.opened.services.manageTokens.create(made);
      return { Authorization: `Bearer ${secret}` };
    };
    const openAs = async (headers: Record<string, string>) => {
      const reader = await SseReader.open(`${admin.url}/api/events`, undefined, headers);
      readers.push(reader);
      return reader;
    };

    it('lets a person with twenty tabs in, refuses one more, and says what to do', async () => {
      const ops = await tokenOf('ops');
      for (let turn = 0; turn < 20; turn += 1) expect((await openAs(ops)).status).toBe(200);
      const refused = await admin.http
        .get('/api/events')
        .set({ ...ops, Accept: 'text/event-stream' })
        .expect(429);
      expect(refused.headers['retry-after']).toBe('30');
      expect(JSON.parse(refused.text)).toMatchObject({
        code: 'too-many-requests',
        detail: 'token:ops already has 20 event streams',
        remedy: expect.stringContaining('a separate token') as string,
      });
      expect((await openAs({})).status).toBe(200);
      expect((await openAs(await tokenOf('other'))).status).toBe(200);
      const { text } = await admin.http.get('/metrics');
      expect(text).toContain('rauc_event_streams_refused_total 1');
      expect(text).toContain('rauc_event_streams 22');
      const page = await admin.http.get('/api/events').set(ops).expect(200);
      expect((page.body as Page).events.length).toBeGreaterThan(0);
    });

    it('gives a place back when a stream ends', async () => {
      for (let turn = 0; turn < 20; turn += 1) await open();
      expect((await open()).status).toBe(429);
      readers[0]?.close();
      await eventually(async () => (await open()).status === 200);
    });

    it('refuses a stream beyond the hundredth of all', async () => {
      for (const name of ['a', 'b', 'c', 'd', 'e']) {
        const token = await tokenOf(name);
        for (let turn = 0; turn < 20; turn += 1) await openAs(token);
      }
      expect((await open()).status).toBe(429);
    });
  });

  it('ends when its token is revoked, and hears nothing that happens after', async () => {
    const { manageTokens } = admin.opened.services;
    const made = { name: 'reader', scope: 'read', actor: 'local' } as const;
    const { secret } = await manageTokens.create(made);
    const as = { Authorization: `Bearer ${secret}` };
    const reader = await SseReader.open(`${admin.url}/api/events`, undefined, as);
    readers.push(reader);
    const other = await open();
    await hold('a');
    await reader.until(1);
    await manageTokens.revoke({ name: 'reader', actor: 'local' });
    await hold('a');
    await eventually(() => reader.isOver);
    expect(reader.events.map(({ kind }) => kind)).toEqual(['device.held']);
    await other.until(3);
    expect(other.isOver).toBe(false);
    expect((await SseReader.open(`${admin.url}/api/events`, undefined, as)).status).toBe(401);
  });

  it('does not keep the server from stopping', async () => {
    const reader = await open();
    await hold('a');
    await reader.until(1);
    await admin.close();
    await eventually(() => reader.isOver);
  });

  function lineOf(turn: number) {
    return {
      kind: 'device.booted' as const,
      at,
      actor: { name: 'device:a', address: null },
      reason: anyReason(`boot ${turn}`),
    };
  }
});

describe('old lines', () => {
  it('go when they are about devices, and stay when a person decided', async () => {
    let now = new Date('2026-11-02T12:00:00Z');
    const admin = await openAdminListener({ now: () => now });
    const { services, store } = admin.opened;
    await new SimulatedDevice(services, 'a', { now: () => now }).poll();
    await services.manageDevices.hold('a', '', person);
    await services.runHousekeeping();
    expect((await services.readJournal.search({}, { limit: 10 })).events).toHaveLength(2);
    now = new Date('2028-11-02T12:00:00Z');
    await services.runHousekeeping();
    expect((await services.readJournal.search({}, { limit: 10 })).events.map(({ kind }) => kind)).toEqual([
      'device.held',
    ]);
    expect(await store.journal.prune(now, 10)).toBe(0);
    await admin.close();
  });
});
