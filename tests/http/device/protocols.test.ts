import { DomainError } from '../../../src/core/errors';
import { noLimits } from '../../../src/core/protocol';
import { byCertificate, offeringProtocols, type Protocol } from '../../../src/http/device/kernel/protocol';
import { sendJson } from '../../../src/http/device/kernel/send-json';
import { nativePolling } from '../../../src/http/device/rauc/native-polling';
import { deviceProtocols } from '../../../src/http/device/protocols';
import { connectDevice, protocols as httpVersions } from '../../support/device-client';
import { startDeviceListener } from '../../support/device-listener';
import { makeBundle } from '../../support/bundle-factory';
import { madeAt, streaming } from '../../support/fleet-factory';
import { openServices } from '../../support/services';
import { SimulatedDevice } from '../../support/simulated-device';

const bodyLimitBytes = 32;

/** A protocol as a later one may be: all methods, parameters, bodies, and a device that is asked for elsewhere. */
const notes: Protocol = {
  name: 'notes',
  async authenticate(exchange, { tenant }) {
    await Promise.resolve();
    const token = exchange.header('authorization') ?? 'Bearer DEFAULT';
    if (token !== `Bearer ${tenant ?? ''}`)
      throw new DomainError('forbidden', 'this token is of another device');
    return byCertificate(exchange);
  },
  limits: { ...noLimits, carriesPlain: false },
  routes({ counters }) {
    counters.beginReports();
    return (['GET', 'POST', 'PUT', 'PATCH', 'DELETE'] as const).map((method) => ({
      method,
      path: '/notes/:tenant/of/:id',
      ...(method === 'POST' || method === 'PUT' || method === 'PATCH' ? { bodyLimitBytes } : {}),
      handler: async (exchange, { device, params, query, readBody }) => {
        const body = (await readBody()).toString();
        const isLoud = query.has('loud');
        sendJson(exchange, { method: exchange.method, device: device.id, ...params, isLoud, body });
      },
    }));
  },
};

describe.each(httpVersions)('a protocol that is added, over %s', (httpVersion) => {
  const url = '/notes/DEFAULT/of/a%2Fb';

  async function connect() {
    const listener = await startDeviceListener({ change: { protocols: [...deviceProtocols, notes] } });
    const client = await connectDevice(listener.url, await listener.device('dev-1'), httpVersion);
    return { listener, client };
  }

  it('has routes for every method, with parameters, a body and the device', async () => {
    const { client } = await connect();
    const asked = { device: 'dev-1', tenant: 'DEFAULT', id: 'a/b' };
    for (const method of ['POST', 'PUT', 'PATCH']) {
      const answer = await client.request(`${url}?loud=1`, {}, method, 'a note');
      expect(JSON.parse(answer.body.toString())).toEqual({ method, ...asked, isLoud: true, body: 'a note' });
    }
    for (const method of ['GET', 'DELETE']) {
      const answer = await client.request(url, {}, method);
      expect(JSON.parse(answer.body.toString())).toEqual({ method, ...asked, isLoud: false, body: '' });
    }
  });

  it('answers HEAD as GET without its body, and other methods with what is allowed', async () => {
    const { client } = await connect();
    const get = await client.request(url);
    const head = await client.request(url, {}, 'HEAD');
    expect(head).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(head.body).toHaveLength(0);
    expect(Number(head.headers['content-length'])).toBe(get.body.length + 1); // "HEAD" for "GET"
    const { status, headers } = await client.request(url, {}, 'OPTIONS');
    expect({ status, allow: headers['allow'] }).toEqual({
      status: 405,
      allow: 'GET, HEAD, POST, PUT, PATCH, DELETE',
    });
    expect((await client.request('/notes/DEFAULT/of/a/b', {}, 'PUT')).status).toBe(404);
    expect((await client.request('/api/v1/status', {}, 'PUT', '{}')).headers['allow']).toBe('POST');
  });

  it('gets no body that is longer than its route says, and none where the route has none', async () => {
    const { client } = await connect();
    const long = 'x'.repeat(bodyLimitBytes + 1);
    for (const method of ['POST', 'PUT', 'PATCH']) {
      expect((await client.request(url, {}, method, long)).status).toBe(413);
      expect((await client.request(url, {}, method, long.slice(1))).status).toBe(200);
    }
    const length = { 'Content-Length': '1' };
    expect((await client.request(url, length, 'DELETE', 'x')).status).toBe(413);
    expect((await client.request('/health', length, 'GET', 'x')).status).toBe(413);
    expect((await client.request(url)).status).toBe(200);
  });

  it('refuses whom its own authentication refuses, and nobody else', async () => {
    const { client } = await connect();
    const other = { Authorization: 'Bearer OTHER' };
    expect((await client.request(url, other)).status).toBe(403);
    expect((await client.request(url.replace('DEFAULT', 'OTHER'), other)).status).toBe(200);
    expect((await client.request('/health', other)).status).toBe(200);
  });

  it('is counted by its name', async () => {
    const { listener, client } = await connect();
    await client.request(url);
    await client.request(url, {}, 'HEAD');
    await client.request('/health');
    const { protocols } = listener.server.counts();
    expect(protocols.get('notes')?.requests).toBe(2);
    expect(protocols.get('health')?.requests).toBe(1);
  });
});

it('is refused at the start when it takes the address of another', async () => {
  const twice = startDeviceListener({ change: { protocols: [...deviceProtocols, notes, notes] } });
  await expect(twice).rejects.toThrow(/\/notes/);
});

it('is explained beside the others, with its own limits', async () => {
  const protocols = offeringProtocols([...deviceProtocols, notes]);
  const opened = await openServices({ now: () => madeAt, change: () => ({ protocols }) });
  const { path } = await makeBundle({ format: 'plain' });
  await opened.publish(path, { name: 'v1.raucb', activate: true });
  await new SimulatedDevice(opened.services, 'dev-1', { now: () => madeAt }).poll();
  const { answers } = await opened.services.explainOffer.explain('dev-1');
  expect(answers.map(({ protocol, offer }) => [protocol, offer.kind])).toEqual([
    ['manifest', 'bundle'],
    ['polling', 'nothing'],
    ['ddi', 'bundle'],
    ['notes', 'nothing'],
  ]);
  await opened.close();
});

it('are all of one name each, and RAUC’s poller has the limits that tests give it', () => {
  const names = deviceProtocols.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  expect(nativePolling.limits).toEqual(streaming);
});
