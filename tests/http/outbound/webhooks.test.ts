import { createHmac } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { circumstance } from '../../../src/core/circumstances/catalogue';
import { type JournalEvent, noSubject } from '../../../src/core/event';
import { messageOf } from '../../../src/core/journal/sentences';
import { retryDelayMs } from '../../../src/core/webhook';
import { isLocalAddress } from '../../../src/http/outbound/allowed-address';
import { createDeliverEvent } from '../../../src/http/outbound/deliver-event';
import { anyReason } from '../../support/any-reason';
import { makeBundle } from '../../support/bundle-factory';
import { eventually } from '../../support/eventually';
import { hourMs } from '../../support/fleet-factory';
import { type OpenedServices, openServices } from '../../support/services';
import { SimulatedDevice } from '../../support/simulated-device';

const person = { name: 'local', address: '127.0.0.1' };

interface Received {
  readonly headers: IncomingMessage['headers'];
  readonly body: string;
}

/** A receiver on loopback that answers as it is told. */
class Receiver {
  readonly received: Received[] = [];
  answer: (response: ServerResponse) => void = (response) => response.writeHead(204).end();
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Receiver> {
    const server = createServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (piece: string) => (body += piece));
      request.on('end', () => {
        receiver.received.push({ headers: request.headers, body });
        receiver.answer(response);
      });
    });
    const receiver = new Receiver(server);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/hook`;
  }

  kinds(): string[] {
    return this.received.map(({ body }) => (JSON.parse(body) as { kind: string }).kind);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

describe('webhooks', () => {
  let now = new Date('2026-11-02T12:00:00Z');
  let receiver: Receiver;
  let opened: OpenedServices;
  const later = (ms: number) => (now = new Date(now.getTime() + ms));
  const contact = (id: string) => new SimulatedDevice(opened.services, id, { now: () => now }).poll();
  const run = async () => (await opened.services.sendWebhooks.begin()).ended;
  const gaveUp = async () =>
    (await opened.services.readJournal.search({ kinds: ['webhook.gave-up'] }, { limit: 9 })).events;
  const hook = async () => (await opened.services.manageWebhooks.list())[0];
  const create = (more: { kinds?: string[]; secret?: string; url?: string; inOrder?: boolean } = {}) =>
    opened.services.manageWebhooks.create({ name: 'ops', url: receiver.url, kinds: [], ...more }, person);

  beforeEach(async () => {
    receiver = await Receiver.start();
    opened = await openServices({ now: () => now });
  });
  afterEach(async () => {
    await opened.close();
    receiver.close();
  });

  it('gets each event that happens after it was made, signed', async () => {
    await contact('before');
    const { secret } = await create();
    await contact('a');
    await run();
    expect(receiver.kinds()).toEqual(['device.registered']);
    const [{ headers, body } = { headers: {}, body: '' }] = receiver.received;
    expect(JSON.parse(body)).toMatchObject({ device: 'a', kind: 'device.registered' });
    expect(headers['content-type']).toBe('application/json');
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const key = Buffer.from(secret.replace('whsec_', ''), 'base64');
    expect(headers['webhook-signature']).toBe(
      `v1,${createHmac('sha256', key).update(signed).digest('base64')}`,
    );
    expect(headers['webhook-timestamp']).toBe(String(now.getTime() / 1000));
  });

  it('gets the kinds that it wants, and never hears of webhooks', async () => {
    await create({ kinds: ['device.held'] });
    await contact('a');
    await opened.services.manageDevices.hold('a', '', person);
    for (const isEnabled of [false, true])
      await opened.services.manageWebhooks.setEnabled('ops', isEnabled, person);
    await opened.services.manageDevices.hold('a', 'again', person);
    await run();
    await run();
    expect(receiver.kinds()).toEqual(['device.held']);
  });

  it('hears once that a rollout is complete, with how many devices and how long it took', async () => {
    const device = new SimulatedDevice(opened.services, 'a', { now: () => now });
    await device.poll();
    const made = await makeBundle({ version: '1.0.0' });
    await opened.publish(made.path, { name: 'v1.raucb', activate: true });
    const [release] = opened.services.manageRollouts.list();
    await create({ kinds: ['rollout.completed'] });
    await device.poll('t-1');
    device.boot('1.0.0');
    await device.poll();
    for (let look = 0; look < 3; look += 1) {
      later(60_000);
      await opened.services.runHousekeeping();
      await run();
    }
    expect(receiver.received.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
      {
        kind: 'rollout.completed',
        release_id: release?.id,
        bundle: 'v1.raucb',
        compatible: 'test-board',
        after: { devices: 1, duration_seconds: 60 },
      },
    ]);
  });

  it('is tried again, later each time, in order, and after a restart', async () => {
    await create({ inOrder: true });
    receiver.answer = (response) => response.writeHead(500).end();
    await contact('a');
    await contact('b');
    await run();
    expect(receiver.received).toHaveLength(1);
    expect(await hook()).toMatchObject({
      attempts: 1,
      lastError: circumstance('receiver-answered', { status: 500 }),
      failingSince: now,
    });
    expect(await opened.services.sendWebhooks.counts()).toMatchObject({
      delivered: 0,
      failed: 1,
      failing: 1,
    });
    await run(); // not due yet
    expect(receiver.received).toHaveLength(1);
    later(10_000);
    await run();
    expect(await hook()).toMatchObject({ attempts: 2 });

    const { dataDir } = opened;
    await opened.close();
    opened = await openServices({ dataDir, now: () => now });
    receiver.answer = (response) => response.writeHead(200).end();
    later(hourMs);
    await run();
    expect(receiver.received.map(({ body }) => (JSON.parse(body) as { device: string }).device)).toEqual([
      'a',
      'a',
      'a',
      'b',
    ]);
    expect(await hook()).toMatchObject({
      attempts: 0,
      lastError: null,
      failingSince: null,
      lastDeliveredAt: now,
    });
  });

  it('gives up on an event after a day, says so, and goes on with the next', async () => {
    await create({ inOrder: true });
    receiver.answer = (response) => response.writeHead(410).end();
    await contact('a');
    await contact('b');
    for (let hours = 0; hours <= 24; hours += 2) {
      await run();
      if (hours < 24) expect(await gaveUp()).toEqual([]);
      later(2 * hourMs);
    }
    expect((await gaveUp()).map(messageOf)).toEqual([expect.stringContaining('HTTP 410')]);
    receiver.answer = (response) => response.writeHead(200).end();
    later(hourMs);
    await run();
    expect(await hook()).toMatchObject({ lastError: null });
    expect(await gaveUp()).toHaveLength(1);
  });

  it('does not give up at the first attempt after the server was off for days', async () => {
    await create();
    receiver.answer = (response) => response.writeHead(503).end();
    await contact('a');
    await run();
    const { dataDir } = opened;
    await opened.close();
    later(72 * hourMs);
    opened = await openServices({ dataDir, now: () => now });
    for (let attempts = 2; attempts <= 9; attempts += 1) {
      await run();
      expect(await hook()).toMatchObject({ attempts });
      later(hourMs);
    }
    expect(await gaveUp()).toEqual([]);
    await run();
    expect(await gaveUp()).toHaveLength(1);
  });

  it('gives an event that comes long after one that it gave up a day of its own', async () => {
    await create();
    receiver.answer = (response) => response.writeHead(503).end();
    await contact('a');
    for (let hours = 0; hours <= 24; hours += 2) {
      await run();
      later(2 * hourMs);
    }
    expect(await gaveUp()).toHaveLength(1);
    expect(await hook()).toMatchObject({ attempts: 0, failingSince: null, nextAttemptAt: null });
    later(72 * hourMs);
    await contact('b');
    await run();
    expect(await hook()).toMatchObject({ attempts: 1, failingSince: now });
    for (let attempts = 2; attempts <= 12; attempts += 1) {
      later(hourMs);
      await run();
    }
    expect(await gaveUp()).toHaveLength(1);
  });

  it('begins without its failures when it is turned off, or on again', async () => {
    await create();
    for (const isEnabled of [false, true]) {
      await opened.services.manageWebhooks.setEnabled('ops', true, person);
      receiver.answer = (response) => response.writeHead(500).end();
      await contact(`heard-${isEnabled}`);
      await run();
      expect((await opened.services.sendWebhooks.counts()).failing).toBe(1);
      for (const turned of isEnabled ? [false, true] : [false])
        await opened.services.manageWebhooks.setEnabled('ops', turned, person);
      expect(await hook()).toMatchObject({
        attempts: 0,
        lastError: null,
        failingSince: null,
        nextAttemptAt: null,
      });
      expect((await opened.services.sendWebhooks.counts()).failing).toBe(0);
    }
  });

  it('is not followed elsewhere by a redirect', async () => {
    const other = await Receiver.start();
    await create();
    receiver.answer = (response) => response.writeHead(307, { location: other.url }).end();
    await contact('a');
    await run();
    expect((await hook())?.lastError).toEqual(circumstance('receiver-answered', { status: 307 }));
    expect(other.received).toEqual([]);
    other.close();
  });

  it('does not keep the server from stopping when a receiver hangs', async () => {
    await create();
    receiver.answer = () => undefined;
    await contact('a');
    const sending = run();
    await eventually(() => receiver.received.length === 1);
    await opened.close();
    await sending;
    opened = await openServices({ dataDir: opened.dataDir, now: () => now });
    receiver.answer = (response) => response.writeHead(200).end();
    await run();
    expect(receiver.kinds()).toEqual(['device.registered', 'device.registered']);
  });

  it('stops when it is turned off, and misses what happened meanwhile', async () => {
    await create();
    await opened.services.manageWebhooks.setEnabled('ops', false, person);
    await contact('a');
    await run();
    await opened.services.manageWebhooks.setEnabled('ops', true, person);
    await contact('b');
    await run();
    expect(receiver.received.map(({ body }) => (JSON.parse(body) as { device: string }).device)).toEqual([
      'b',
    ]);
    await opened.services.manageWebhooks.remove('ops', person);
    expect(await opened.services.manageWebhooks.list()).toEqual([]);
    const lines = (await opened.services.readJournal.search({ kinds: ['webhook.'] }, { limit: 9 })).events;
    expect(lines.map(({ kind }) => kind)).toEqual([
      'webhook.deleted',
      'webhook.changed',
      'webhook.changed',
      'webhook.created',
    ]);
  });

  it('waits for no other: a slow receiver holds up itself alone', async () => {
    const slow = await Receiver.start();
    slow.answer = () => undefined;
    await create();
    const inOrder = { name: 'slow', url: slow.url, kinds: [], inOrder: true };
    await opened.services.manageWebhooks.create(inOrder, person);
    await contact('a');
    const first = run();
    await eventually(() => slow.received.length === 1 && receiver.received.length === 1);
    await contact('b');
    const second = run();
    await eventually(() => receiver.received.length === 2);
    expect(slow.received).toHaveLength(1);
    slow.close();
    await Promise.all([first, second]);
  });

  it('sends nothing more once it is deleted', async () => {
    await create({ inOrder: true });
    for (const id of ['a', 'b', 'c']) await contact(id);
    receiver.answer = (response) => {
      void opened.services.manageWebhooks.remove('ops', person).then(() => response.writeHead(204).end());
    };
    await run();
    expect(receiver.received).toHaveLength(1);
  });

  it('passes over a thousand events that it does not want in one run', async () => {
    await create({ kinds: ['device.held'] });
    const line = { kind: 'device.booted' as const, at: now, actor: person, reason: anyReason() };
    await opened.store.journal.record(Array.from({ length: 1_000 }, () => line));
    await contact('a');
    await opened.services.manageDevices.hold('a', '', person);
    await run();
    expect(receiver.kinds()).toEqual(['device.held']);
    expect((await hook())?.cursor).toBe(await opened.services.readJournal.lastId());
  });

  it('can be tried, with the receiver’s answer', async () => {
    await create();
    await contact('a');
    await run();
    await opened.services.manageWebhooks.test('ops');
    await opened.services.manageWebhooks.test('ops');
    const ids = receiver.received.map(({ headers }) => headers['webhook-id']);
    expect(new Set(ids).size).toBe(3); // receivers drop what they have seen
    receiver.answer = (response) => response.writeHead(403).end();
    await expect(opened.services.manageWebhooks.test('ops')).rejects.toMatchObject({ code: 'unavailable' });
  });

  it.each([
    ['a URL of another kind', { url: 'ftp://example.com/' }],
    ['a URL with a password', { url: 'https://me:secret@example.com/' }],
    ['no URL', { url: 'example.com' }],
    ['an unknown kind', { kinds: ['device.exploded'] }],
    ['a kind that it never hears of', { kinds: ['webhook.'] }],
    ['a weak secret', { secret: 'short' }],
  ])('is refused with %s', async (_what, wrong) => {
    await expect(create(wrong)).rejects.toMatchObject({ code: 'invalid-input' });
    expect(await opened.services.manageWebhooks.list()).toEqual([]);
  });

  it('is refused when the server may not call its URL', async () => {
    await opened.close();
    const may = 'https://elsewhere.example/';
    opened = await openServices({
      now: () => now,
      change: () => ({
        refuseReceiver: (url) => Promise.resolve(url === may ? null : 'it may not be called'),
      }),
    });
    await expect(create()).rejects.toMatchObject({ code: 'invalid-input', message: 'it may not be called' });
    await create({ url: may });
    expect(await opened.services.manageWebhooks.list()).toHaveLength(1);
  });

  it('has a name of its own', async () => {
    await create();
    await expect(create()).rejects.toMatchObject({ code: 'conflict' });
  });
});

describe('addresses that webhooks may not call', () => {
  const event: JournalEvent = {
    id: 1,
    at: new Date(0),
    kind: 'device.held',
    actor: person,
    reason: null,
    message: '',
    subject: noSubject,
    before: null,
    after: null,
    repeats: null,
  };

  it.each([
    '127.0.0.1',
    '127.255.255.254',
    '0.0.0.0',
    '169.254.169.254',
    '224.0.0.1',
    '255.255.255.255',
    '::1',
    '::',
    'fe80::1',
    'fe80::1%eth0',
    'ff02::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '::127.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::169.254.169.254',
    '2002:7f00:1::',
    '2001:0:7f00:1::1', // Teredo, the server
    '2001:0:c000:201:0:0:80ff:fffe', // Teredo, the client 127.0.0.1
    '2001:0:c000:201::5601:5601', // Teredo, the client 169.254.169.254
    '64:ff9b:1:7f00:0:100::', // NAT64 with a prefix of 48 bits
    '64:ff9b:1:a9:fe:a9fe::', // of 56
    '64:ff9b:1:0:7f:0:100:0', // of 64
    '64:ff9b:1::127.0.0.1', // of 96
    '64:ff9b:1:ab:cd:ef:7f00:1',
  ])('include %s', (address) => expect(isLocalAddress(address)).toBe(true));

  it.each([
    '10.0.0.1',
    '192.168.1.1',
    '8.8.8.8',
    'fd00::1',
    '2001:db8::1',
    '::ffff:10.0.0.1',
    '64:ff9b::8.8.8.8',
    '64:ff9b:1:808:8:800::',
    '64:ff9b:1::8.8.8.8',
    '2002:808:808::1',
    '2001:0:c000:201::f7f7:f7f7', // Teredo, the client 8.8.8.8
  ])('do not include %s', (address) => expect(isLocalAddress(address)).toBe(false));

  it.each([
    'http://127.0.0.1:9/',
    'http://[::1]:9/',
    'http://2130706433:9/',
    'http://0x7f.1:9/',
    'http://localhost:9/',
  ])('are refused in %s', async (url) => {
    const deliver = createDeliverEvent({ allowLocal: false, version: '1', now: () => new Date(0) });
    expect(await deliver({ name: 'x', url }, 'secret', { id: '1', event })).toMatchObject({
      code: 'receiver-is-local',
    });
  });

  it('are refused when a name leads there', async () => {
    const deliver = createDeliverEvent({
      allowLocal: false,
      version: '1',
      now: () => new Date(0),
      resolve: (_, callback) => callback(null, [{ address: '127.0.0.1', family: 4 }]),
    });
    expect(
      await deliver({ name: 'x', url: 'http://rebound.example:9/' }, 'secret', { id: '1', event }),
    ).toEqual(circumstance('receiver-is-local', { host: 'rebound.example' }));
  });
});

describe('the delay before another attempt', () => {
  it('grows to an hour', () => {
    expect([1, 2, 3, 9, 10, 11, 1_000].map((attempts) => retryDelayMs(attempts, 0.5) / 1_000)).toEqual([
      5, 10, 20, 1_280, 2_560, 3_600, 3_600,
    ]);
    expect(retryDelayMs(1, 0)).toBe(4_000);
  });
});
