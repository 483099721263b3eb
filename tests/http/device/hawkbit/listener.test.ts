import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { connectDevice } from '../../../support/device-client';
import { eventually } from '../../../support/eventually';
import { HawkbitClient, jsonOf } from '../../../support/hawkbit-client';
import {
  gatewayToken,
  type HawkbitListener,
  startHawkbitListener,
  targetToken,
} from '../../../support/hawkbit-listener';
import { board, person } from '../../../support/released-fleet';

let listener: HawkbitListener;
afterEach(() => listener.close());

const base = '/DEFAULT/controller/v1/dev-1';
const facts = { 'boot-id': 'boot-1', system_version: '1.0.0', compatible: board };

describe("hawkBit's clients with a token", () => {
  it('install a bundle over TLS without a certificate, and are proven', async () => {
    listener = await startHawkbitListener();
    const { fleet } = listener;
    const device = listener.client('dev-1', targetToken(await listener.enrol('dev-1')));
    await device.configData(facts);
    const { deployment, id } = await device.deployment();
    const artifact = deployment.chunks[0]?.artifacts[0];
    const href = artifact?._links['download']?.href ?? '';
    expect(href).toBe(`${listener.url}${base}/softwaremodules/${id}/artifacts/v2.0.0.raucb`);
    const bytes = await readFile(path.join(fleet.dataDir, 'bundles', 'v2.0.0.raucb'));
    expect((await device.request(href)).body.equals(bytes)).toBe(true);
    const ranged = await device.request(href, 'GET', undefined, { range: 'bytes=5-9' });
    expect(ranged).toMatchObject({ status: 206, body: bytes.subarray(5, 10) });
    const past = await device.request(href, 'GET', undefined, { range: `bytes=${bytes.length}-` });
    expect(past.status).toBe(416); // with which rauc-hawkbit-updater goes on to install
    expect(await device.feedback(id, 'closed', 'success')).toBe(200);
    await device.configData({ ...facts, 'boot-id': 'boot-2', system_version: '2.0.0' });
    expect(await fleet.latest('dev-1')).toMatchObject({ state: 'proven' });
    expect((await fleet.seen('dev-1')).certificates).toEqual([]);
  });

  it('are the same devices as those that have a certificate', async () => {
    listener = await startHawkbitListener();
    const { fleet } = listener;
    const byToken = listener.client('dev-1', targetToken(await listener.enrol('dev-1')));
    const files = await fleet.device('dev-1');
    const byCertificate = new HawkbitClient(await connectDevice(fleet.url, files, 'HTTP/1.1'), 'dev-1');
    await byToken.configData(facts);
    const { action } = await byToken.links();
    expect(action).toBe(String((await fleet.latest('dev-1'))?.id));
    expect((await byCertificate.links()).action).toBe(action);
  });

  it('get no answer to anything but the device protocol', async () => {
    listener = await startHawkbitListener();
    const headers = targetToken(await listener.enrol('dev-1'));
    for (const target of [
      '/',
      '/health',
      '/api/v1/manifest.json',
      '/bundles/v2.0.0.raucb',
      '/api/devices',
      '/rest/v1/targets',
      '/DEFAULT/controller/v1/',
      '//controller/v1/dev-1',
      `${base}/unknown`,
      `/a/..${base}`,
      '/DEFAULT/controller/v1/%E0%A4%A/',
    ])
      expect([target, (await listener.ask(target, headers)).status]).toEqual([target, 404]);
    expect((await listener.ask(base, headers, 'DELETE')).status).toBe(405);
  });

  it('are refused with 401 when they show nothing, or the wrong thing', async () => {
    listener = await startHawkbitListener();
    const token = await listener.enrol('dev-1');
    const other = await listener.enrol('dev-2');
    const everywhere = await listener.gatewayToken();
    const wrong: Record<string, Record<string, string | string[]>> = {
      'no header': {},
      'an empty one': { authorization: '' },
      'the token of another device': targetToken(other),
      'the token of the gateway as its own': targetToken(everywhere),
      'its own as that of the gateway': gatewayToken(token),
      'another scheme': { authorization: `Bearer ${token}` },
      'a scheme in lower case': { authorization: `targettoken ${token}` },
      'two spaces': { authorization: `TargetToken  ${token}` },
      'more behind it': targetToken(`${token}0`),
      'less of it': targetToken(token.slice(1)),
      'two headers': { authorization: [`TargetToken ${token}`, `TargetToken ${token}`] },
      'a right and a wrong one': { authorization: [`TargetToken ${token}`, 'TargetToken x'] },
      'two in one': { authorization: `TargetToken ${token}, TargetToken ${token}` },
      'what a proxy says, that nobody trusts': { 'x-controller-id': 'dev-1', 'x-authority': 'abcd' },
    };
    for (const [what, headers] of Object.entries(wrong))
      expect([what, (await listener.ask(base, headers)).status]).toEqual([what, 401]);
    for (const [method, target] of [
      ['PUT', `${base}/configData`],
      ['GET', `${base}/deploymentBase/1`],
      ['POST', `${base}/deploymentBase/1/feedback`],
      ['GET', `${base}/cancelAction/1`],
      ['POST', `${base}/cancelAction/1/feedback`],
      ['GET', `${base}/softwaremodules/1/artifacts/v2.0.0.raucb`],
    ] as const)
      expect([target, (await listener.ask(target, targetToken(other), method)).status]).toEqual([
        target,
        401,
      ]);
    // Nobody has heard of it, and nobody does: a token of its own makes no device known.
    const unknown = await listener.ask('/DEFAULT/controller/v1/dev-9', targetToken(token));
    expect(unknown.status).toBe(401);
    await expect(listener.fleet.seen('dev-9')).rejects.toMatchObject({ code: 'not-found' });
  });

  it('name themselves in the address, however it is written, and nobody else', async () => {
    listener = await startHawkbitListener();
    const headers = targetToken(await listener.enrol('dev-1'));
    await listener.enrol('dev-2');
    for (const target of [
      '/default/controller/v1/dev-1',
      '/else/controller/v1/dev-1',
      `${base}/`,
      `${base}?x=dev-2`,
    ])
      expect([target, (await listener.ask(target, headers)).status]).toEqual([target, 200]);
    expect((await listener.ask('/DEFAULT/controller/v1/d%65v-1', headers)).status).toBe(200);
    for (const target of [
      '/DEFAULT/controller/v1/DEV-1',
      '/DEFAULT/controller/v1/dev-2',
      '/DEFAULT/controller/v1/dev-1%2F..%2Fdev-2',
      '/DEFAULT/controller/v1/dev-1%00',
    ])
      expect([target, (await listener.ask(target, headers)).status]).toEqual([target, 401]);
    expect((await listener.ask(`${base}/../dev-2`, headers)).status).toBe(404);
  });

  it('of a gateway become known at their first poll, as NEW_DEVICES says', async () => {
    listener = await startHawkbitListener({ fleet: { fleetRules: { newDevices: 'waiting' } } });
    const headers = gatewayToken(await listener.gatewayToken());
    const device = listener.client('new-1', headers);
    await device.configData(facts);
    expect((await device.links()).kinds).not.toContain('deploymentBase');
    expect(await listener.fleet.seen('new-1')).toMatchObject({ admission: 'waiting' });
    await listener.fleet.services.manageDevices.admit('new-1', person);
    expect((await device.links()).kinds).toContain('deploymentBase');
    expect((await listener.ask('/DEFAULT/controller/v1/-no%20id', headers)).status).toBe(400);
  });

  it('may use the old token as long as it overlaps the new one', async () => {
    listener = await startHawkbitListener();
    const { deviceTokens } = listener.fleet.services;
    const old = await listener.enrol('dev-1');
    const holder = { kind: 'device', id: 'dev-1' } as const;
    const { token, previousUntil } = await deviceTokens.rotate(holder, { overlapMs: 3_600_000 }, person);
    const statuses = async () => [
      (await listener.ask(base, targetToken(old))).status,
      (await listener.ask(base, targetToken(token))).status,
    ];
    expect(previousUntil).not.toBeNull();
    expect(await statuses()).toEqual([200, 200]);
    listener.fleet.wait(3_601);
    expect(await statuses()).toEqual([401, 200]);
    await deviceTokens.remove(holder, person);
    expect(await statuses()).toEqual([401, 401]);
  });

  it('lose their connections when they are expelled, and others keep theirs', async () => {
    listener = await startHawkbitListener();
    const { fleet, server } = listener;
    const device = listener.client('dev-1', targetToken(await listener.enrol('dev-1')));
    await device.configData(facts);
    expect(server.counts().connections).toBe(1);
    server.expel('dev-2');
    expect((await device.links()).kinds).toContain('deploymentBase');
    const heard: string[] = [];
    fleet.services.deviceTokens.whenRevoked((id) => {
      heard.push(id);
      server.expel(id);
    });
    await fleet.services.deviceTokens.revoked('dev-1', person);
    expect(heard).toEqual(['dev-1']);
    await eventually(() => server.counts().connections === 0);
    // The client may learn a moment later that its connection is gone.
    await eventually(async () => (await device.request(base).catch(() => null))?.status === 401);
  });

  it('lose their token with their record', async () => {
    listener = await startHawkbitListener();
    const token = await listener.enrol('dev-1');
    const { manageDevices, deviceTokens } = listener.fleet.services;
    expect((await listener.ask(base, targetToken(token))).status).toBe(200);
    await manageDevices.forget('dev-1', person);
    expect((await listener.ask(base, targetToken(token))).status).toBe(401);
    await expect(deviceTokens.show({ kind: 'device', id: 'dev-1' })).rejects.toMatchObject({
      code: 'not-found',
    });
  });
});

describe('the bounds of the listener', () => {
  it('slow an address with wrong tokens, and let those with the right one in', async () => {
    listener = await startHawkbitListener({ change: { maxWrongTokens: 2 } });
    const token = await listener.enrol('dev-1');
    const guesses = [];
    for (let guess = 0; guess < 4; guess += 1)
      guesses.push(await listener.ask(base, targetToken(`guess-${guess}`)));
    // Never 429, after which clients report the same thing ten times more.
    expect(guesses.map(({ status }) => status)).toEqual([401, 401, 401, 401]);
    const waits = guesses.map(({ headers }) => Number(headers['retry-after'] ?? 0) > 0);
    expect(waits).toEqual([false, false, true, true]);
    expect(guesses[3]?.headers['connection']).toBe('close');
    const report = await listener.ask(
      `${base}/deploymentBase/1/feedback`,
      targetToken('guess-4'),
      'POST',
      '{}',
    );
    expect(report.status).toBe(401);
    expect(listener.fleet.server.counts().refusals.get('wrong-token')).toBe(5);
    expect((await listener.ask(base, targetToken(token))).status).toBe(200);
  });

  it('are those of the device, whichever listener it asks', async () => {
    listener = await startHawkbitListener({ fleet: { change: { monotonicMs: () => 0 } } });
    const { fleet } = listener;
    const headers = targetToken(await listener.enrol('dev-1'));
    const files = await fleet.device('dev-1');
    const client = await connectDevice(fleet.url, files, 'HTTP/2');
    let polls = 0;
    while ((await client.request(base)).status === 200) polls += 1;
    expect(polls).toBe(300);
    // It polls again later by itself, and repeats only what it reports.
    const refused = await listener.ask(base, headers);
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '1']);
    const get = async (path: string) => (await listener.ask(`${base}/${path}`, headers)).status;
    expect(await get('deploymentBase/1')).toBe(503);
    expect(await get('cancelAction/1')).toBe(503);
    expect(await get('softwaremodules/1/artifacts/nothing')).toBe(503);
    const report = await listener.ask(`${base}/deploymentBase/1/feedback`, headers, 'POST', '{}');
    expect([report.status, report.headers['retry-after']]).toEqual([429, '1']);
    expect((await listener.ask(`${base}/configData`, headers, 'PUT', '{}')).status).toBe(429);
    expect(fleet.services.overBudget.counts().get('requests')).toBeGreaterThan(5);
  });

  it('end a body that is too long, and take the next request', async () => {
    listener = await startHawkbitListener();
    const headers = targetToken(await listener.enrol('dev-1'));
    const data = JSON.stringify({ data: { name: 'x'.repeat(300 << 10) } });
    expect((await listener.ask(`${base}/configData`, headers, 'PUT', data)).status).toBe(413);
    expect((await listener.ask(base, headers)).status).toBe(200);
    expect((await listener.ask(base, headers, 'GET', 'a body')).status).toBe(400);
  });

  it('write no token into the log', async () => {
    const lines: string[] = [];
    const note = (facts: object, message: string) => void lines.push(JSON.stringify({ facts, message }));
    const log = { debug: note, info: note, warn: note, error: note };
    listener = await startHawkbitListener({ change: { log, maxWrongTokens: 1 } });
    const token = await listener.enrol('dev-1');
    const wrong = 'a-token-that-is-wrong';
    await listener.ask(base, targetToken(token));
    for (let guess = 0; guess < 3; guess += 1) await listener.ask(base, targetToken(wrong));
    await listener.ask(`${base}/unknown`, targetToken(token));
    expect(lines.length).toBeGreaterThan(0);
    for (const secret of [token, wrong]) expect(lines.join()).not.toContain(secret);
    const { events } = await listener.fleet.services.readJournal.search({ deviceId: 'dev-1' }, { limit: 50 });
    expect(events.map(({ kind }) => kind)).toContain('device-token.created');
    expect(JSON.stringify(events)).not.toContain(token);
  });
});

describe('a proxy in front', () => {
  const trustedProxies = ['127.0.0.1', '::1', '::ffff:127.0.0.1'];

  it('that is trusted vouches for the certificate that it has verified', async () => {
    listener = await startHawkbitListener({
      isPlain: true,
      change: { trustedProxies, authorities: ['8ba2d3c1'] },
    });
    await listener.enrol('dev-1');
    const named = { 'x-controller-id': 'dev-1', 'x-authority-1': 'ffff;8BA2D3C1' };
    expect((await listener.ask(base, named)).status).toBe(200);
    for (const headers of [
      { ...named, 'x-controller-id': 'dev-2' },
      { ...named, 'x-authority-1': 'ffff' },
      { 'x-controller-id': 'dev-1' },
      { ...named, 'x-controller-id': ['dev-1', 'dev-1'] },
      { ...named, authorization: 'TargetToken wrong' },
    ])
      expect((await listener.ask(base, headers)).status).toBe(401);
  });

  it('that nobody trusts vouches for nobody, and changes nothing for those who have a token', async () => {
    listener = await startHawkbitListener({
      isPlain: true,
      change: { trustedProxies: ['192.0.2.1'], authorities: ['8ba2d3c1'] },
    });
    const token = await listener.enrol('dev-1');
    await listener.enrol('dev-2');
    const named = { 'x-controller-id': 'dev-1', 'x-authority-1': '8ba2d3c1', 'x-forwarded-for': '192.0.2.1' };
    expect((await listener.ask(base, named)).status).toBe(401);
    const forged = { ...named, 'x-controller-id': 'dev-2', ...targetToken(token) };
    expect((await listener.ask(base, forged)).status).toBe(200);
    expect((await listener.ask('/DEFAULT/controller/v1/dev-2', forged)).status).toBe(401);
  });

  it('that is trusted and says what is no address leaves links as they are', async () => {
    listener = await startHawkbitListener({ isPlain: true, change: { trustedProxies } });
    const headers = targetToken(await listener.enrol('dev-1'));
    const originFor = async (forwarded: Record<string, string>) => {
      const { body } = await listener.ask(base, { ...headers, ...forwarded });
      const { _links: links } = JSON.parse(body.toString()) as { _links: { configData: { href: string } } };
      return new URL(links.configData.href).origin;
    };
    for (const odd of [
      { 'x-forwarded-host': 'evil.example/path' },
      { 'x-forwarded-host': 'user@evil.example' },
      { 'x-forwarded-host': 'two words' },
      { 'x-forwarded-host': '' },
      { 'x-forwarded-proto': 'ftp' },
      { 'x-forwarded-port': '99999' },
      { 'x-forwarded-port': '-1' },
    ])
      expect([odd, await originFor(odd)]).toEqual([odd, listener.url]);
    // Each proxy on the way has added its own.
    const several = { 'x-forwarded-host': 'ota.example.com, inner', 'x-forwarded-proto': 'https, http' };
    expect(await originFor(several)).toBe('https://ota.example.com');
    const literal = { 'x-forwarded-host': '[2001:db8::1]:8444', 'x-forwarded-proto': 'HTTPS' };
    expect(await originFor(literal)).toBe('https://[2001:db8::1]:8444');
  });

  it('that is trusted and names no issuers that may vouch changes nothing', async () => {
    listener = await startHawkbitListener({ isPlain: true, change: { trustedProxies } });
    await listener.enrol('dev-1');
    const named = { 'x-controller-id': 'dev-1', 'x-authority': '' };
    expect((await listener.ask(base, named)).status).toBe(401);
  });

  it.each([
    ['that is trusted shapes links', trustedProxies, 'https://ota.example.com:8444'],
    ['that nobody trusts shapes none', [], null],
  ])('%s', async (_, proxies, expected) => {
    listener = await startHawkbitListener({ isPlain: true, change: { trustedProxies: proxies } });
    const headers = {
      ...targetToken(await listener.enrol('dev-1')),
      'x-forwarded-proto': 'https',
      'x-forwarded-host': 'ota.example.com',
      'x-forwarded-port': '8444',
      'x-forwarded-for': '192.0.2.7',
    };
    const device = listener.client('dev-1', headers);
    await device.configData(facts);
    const { _links: links } = await device.poll();
    expect(new URL(links.deploymentBase?.href ?? '').origin).toBe(expected ?? listener.url);
    const { deployment } = jsonOf(await device.request(links.deploymentBase?.href ?? '')) as Awaited<
      ReturnType<HawkbitClient['deployment']>
    >;
    const [kind = ''] = Object.keys(deployment.chunks[0]?.artifacts[0]?._links ?? {});
    expect(kind).toBe(expected === null ? 'download-http' : 'download');
    expect((await listener.fleet.seen('dev-1')).address).toBe(expected === null ? '127.0.0.1' : '192.0.2.7');
  });

  it('may send the requests of many devices on one connection', async () => {
    listener = await startHawkbitListener({ isPlain: true, change: { trustedProxies } });
    const [one, two] = [await listener.enrol('dev-1'), await listener.enrol('dev-2')];
    for (let round = 0; round < 3; round += 1) {
      expect((await listener.ask(base, targetToken(one))).status).toBe(200);
      expect((await listener.ask('/DEFAULT/controller/v1/dev-2', targetToken(two))).status).toBe(200);
    }
    expect(listener.server.counts()).toMatchObject({ connections: 1 });
  });
});
