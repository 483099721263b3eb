import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { Registry } from 'prom-client';
import type { z } from 'zod';
import { eventJson } from '../../../src/contract/event';
import { problemJson } from '../../../src/contract/problem';
import { EventStreams } from '../../../src/http/admin/kernel/event-stream';
import type { Route } from '../../../src/http/admin/kernel/route';
import { SessionCookies } from '../../../src/http/admin/access/session-cookie';
import { adminRoutes } from '../../../src/http/admin/routes';
import { openCertificateFolder } from '../../../src/pki/certificate-folder';
import { makeBundle } from '../../support/bundle-factory';
import { eventually } from '../../support/eventually';
import { SimulatedDevice } from '../../support/simulated-device';
import { SseReader } from '../../support/sse-reader';
import { type AdminListener, openAdminListener } from './admin-listener';

const now = () => new Date('2026-11-02T12:00:00Z');

type Json = Record<string, unknown>;

let admin: AdminListener;
let routes: readonly Route[];
let receiver: ReturnType<typeof createServer>;
const delivered: unknown[] = [];
const answered = new Set<string>();
beforeAll(async () => {
  admin = await openAdminListener({ now, admin: { now, serverUrl: 'https://updates.test:8443' } });
  await openCertificateFolder(admin.certsDir, { now }).createCa({});
  const nobody = () => {
    throw new Error('nobody is asked');
  };
  routes = adminRoutes(
    {
      services: admin.services,
      deviceBaseUrl: () => 'https://updates.test:8443',
      uploadLimitBytes: 1,
      releaseDefaults: { steps: '100', pauseAtFailures: 1 },
      adminHosts: [],
      requireToken: false,
      publicDir: '.',
      version: '1',
      log: { debug: () => undefined, info: () => undefined, warn: () => undefined, error: () => undefined },
      now,
      newId: () => 'id',
    },
    new Registry(),
    new EventStreams(admin.services.readJournal),
    { checkToken: nobody, identify: nobody, cookies: new SessionCookies('id'), needsToken: () => false },
  );
  receiver = createServer((request: IncomingMessage, response) => {
    void text(request).then((body) => {
      delivered.push(JSON.parse(body));
      response.end();
    });
  }).listen(0, '127.0.0.1');
  await once(receiver, 'listening');
});
afterAll(async () => {
  receiver.close();
  await admin.close();
});

const device = (id: string) => new SimulatedDevice(admin.opened.services, id, { now });

function routeOf(operation: string): Route {
  const route = routes.find((one) => one.operation === operation);
  if (route === undefined) throw new Error(`there is no operation ${operation}`);
  return route;
}

/** Exactly what the schema describes: no member is missing, none is undocumented. */
function expectFit(what: string, schema: z.ZodType | undefined, body: unknown): void {
  const parsed = schema?.safeParse(body);
  expect({ what, issues: parsed?.error?.issues ?? [] }).toEqual({ what, issues: [] });
  expect({ what, body: parsed?.data ?? body }).toEqual({ what, body });
}

/**
 * Asks an operation and holds its answer against the schema of its status.
 * @param params by the names in its path
 */
async function call(
  operation: string,
  params: Readonly<Record<string, string | number>> = {},
  body?: object,
  query = '',
): Promise<Json> {
  const route = routeOf(operation);
  const path = route.path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
    encodeURIComponent(String(params[name])),
  );
  const request = admin.http[route.method](path + query);
  const answer = await (body === undefined ? request : request.send(body));
  return checkAnswer(route, answer);
}

function checkAnswer(route: Route, { status, body }: { status: number; body: unknown }): Json {
  const { operation, answers } = route;
  expect({ operation, status: answers[status] === undefined ? { status, body } : 'documented' }).toEqual({
    operation,
    status: 'documented',
  });
  const { schema } = answers[status] ?? {};
  if (schema !== undefined) expectFit(operation, schema, body);
  answered.add(operation);
  return body as Json;
}

async function upload(version: string): Promise<void> {
  const { path } = await makeBundle({ version });
  const sent = await admin.http.post('/upload').attach('bundle', path, `v${version[0] ?? ''}.raucb`);
  checkAnswer(routeOf('uploadBundle'), sent);
}

describe('what the admin API answers', () => {
  it('about bundles and what is current fits its schema', async () => {
    for (const version of ['1.0.0', '2.0.0', '3.0.0', '4.0.0']) await upload(version);
    await call('listBundles');
    await call('getBundle', { name: 'v1.raucb' });
    await call('downloadBundle', { name: 'v1.raucb' });
    await call('deleteBundle', { name: 'v4.raucb' }, {});
    await call('getManifest');
    await call('activateBundle', { name: 'v1.raucb' }, {});
    await call('activateBundleFor', { compatible: 'test-board', name: 'v1.raucb' }, {});
    await call('getManifest');
    await call('listManifests');
    await call('deactivate', { compatible: 'test-board' });
  });

  it('about releases and rollouts fits its schema', async () => {
    const board = device('board-1');
    await call('createRelease', {}, { bundle: 'v1.raucb' });
    await board.poll('t1');
    await board.report('installed');
    board.boot('1.0.0');
    await board.poll();
    const steps = { steps: '5,50,100', allow_downgrade: true };
    await call('previewRelease', {}, { bundle: 'v2.raucb', ...steps });
    const { id } = await call('createRelease', {}, { bundle: 'v2.raucb', ...steps });
    if (typeof id !== 'number') throw new Error('a release has no id');
    await call('listReleases');
    await call('getReleaseDefaults');
    await call('getRelease', { id });
    await call('promoteRollout', { id }, { from_step: 1 });
    await call('pauseRollout', { id }, { reason: 'wait' });
    await call('resumeRollout', { id }, {});
    await call('abortRollout', { id }, {});
    const place = { compatible: 'test-board' };
    await call('previewGoBack', {}, undefined, '?compatible=test-board');
    await call('goBack', {}, place);
    const third = await call('createRelease', {}, { bundle: 'v3.raucb', ...steps });
    await call('undoRelease', { id: String(third['id']) }, {});
    await call('listHistory');
    await call('deactivateChannel', {}, place);
  });

  it('about devices and installations fits its schema', async () => {
    await call('createDevice', {}, { id: 'board-2', labels: ['lab'] });
    await call('createRelease', {}, { bundle: 'v2.raucb', allow_downgrade: true });
    await device('board-2').poll('t2');
    await device('board-2').report('failed', { log: 'no space left' });
    const id = 'board-2';
    await call('listDevices');
    await call('exportDevices');
    await call('exportDevicesAsCsv');
    await call('getDevice', { id });
    await call('changeDevice', { id }, { add_labels: ['site=berlin'] });
    await call('admitDevice', { id }, {});
    await call('holdDevice', { id }, { reason: 'on the bench' });
    await call('explainDevice', { id });
    await call('liftHold', { id }, {});
    await call('pinDevice', { id }, { bundle: 'v3.raucb' });
    await call('explainDevice', { id });
    await call('getDevice', { id });
    await call('unpinDevice', { id }, {});
    await call('clearFailures', { id }, {});
    await device('board-3').poll();
    await call('cancelInstallation', { id: 'board-3' }, {});
    await call('actOnDevices', {}, { action: 'hold', ids: [id, 'nobody'] });
    const { installations } = await call('listInstallations', {}, undefined, '?device=board-2');
    const [latest] = installations as { id: number }[];
    await call('getInstallationLog', { id: latest?.id ?? 0 });
    await call('getFleet');
    await call('getFleetHistory');
    await call('listLabels');
    await call('forgetDevice', { id: 'board-3' });
  });

  it('about certificates fits its schema', async () => {
    const { serial } = await call('issueCertificate', {}, { id: 'board-4' });
    await call('listCertificates');
    await call('verifyCertificates');
    await call('downloadCa');
    await call('makeDeviceKit', { id: 'board-5' }, {});
    await call('revokeCertificate', { serial: String(serial) }, { reason: 'stolen' });
    await call('revoke', {}, { serial: 'abcd' });
    await call('listRevocations');
    admin.opened.services.refusedCertificates.note({
      ...{ cause: 'expired', reason: 'CERT_HAS_EXPIRED', fingerprint: 'f1' },
      ...{ address: '192.0.2.7', addressGroup: '192.0.2.7' },
      describe: () => ({ subject: 'CN=b', issuer: 'CN=ca', serial: '1f', deviceId: null, isOurs: false }),
    });
    await call('listRefusedCertificates');
  });

  it('about tokens, sessions and webhooks fits its schema', async () => {
    const { secret } = await call('createToken', {}, { name: 'ci', scope: 'admin' });
    await call('listTokens');
    await call('getSession');
    await call('signIn', {}, { token: secret });
    await call('signOut');
    await call('revokeToken', { name: 'ci' });
    const url = `http://127.0.0.1:${(receiver.address() as AddressInfo).port}/`;
    await call('createWebhook', {}, { name: 'ops', url });
    await call('testWebhook', { name: 'ops' }, {});
    await call('listWebhooks');
    await call('changeWebhook', { name: 'ops' }, { in_order: true });
    await call('createToken', {}, { name: 'told', scope: 'read' });
    await (
      await admin.opened.services.sendWebhooks.begin()
    ).ended;
    const { deliveries } = await call('listDeliveries', { name: 'ops' });
    const [sent] = deliveries as { event: number }[];
    await call('replayDelivery', { name: 'ops', event: sent?.event ?? 0 }, {});
    await call('replayGivenUp', { name: 'ops' }, {});
    await call('disableWebhook', { name: 'ops' }, {});
    await call('enableWebhook', { name: 'ops' }, {});
    await call('deleteWebhook', { name: 'ops' });
    for (const event of delivered) expectFit('the body of a webhook', eventJson, event);
    expect(delivered).not.toHaveLength(0);
  });

  it('about the tokens of devices fits its schema', async () => {
    await call('createDevice', {}, { id: 'by-token' });
    for (const [kind, params] of [
      ['Device', { id: 'by-token' }],
      ['Gateway', {}],
    ] as const) {
      expect(await call(`describe${kind}Token`, params)).toMatchObject({ exists: false, created_at: null });
      const { token } = await call(`create${kind}Token`, params, {});
      await call(`show${kind}Token`, params);
      const state = await call(`describe${kind}Token`, params);
      expect(state).toMatchObject({ exists: true, created_by: 'local', previous_until: null });
      expect(JSON.stringify(state)).not.toContain(token);
      await call(`rotate${kind}Token`, params, { overlap_seconds: 60 });
      await call(`remove${kind}Token`, params);
    }
    const tokens = [
      { id: 'imported', token: 'a-token-of-hawkbit' },
      { id: '-no id', token: 'another-of-hawkbit' },
    ];
    expect(await call('importDeviceTokens', {}, { tokens })).toMatchObject({
      created: 1,
      changed: 1,
      failed: [{ id: '-no id', code: 'invalid-input' }],
    });
    expect(await call('removeDeviceTokens')).toEqual({ removed: 1 });
  });

  it('about the server and what needs attention fits its schema', async () => {
    await call('getAbout');
    await call('getHealth');
    await call('getMetrics');
    await call('getOpenApi');
    await admin.opened.store.restores.suspect('copy', 'it was restored from an older copy', null, now());
    const { attention } = await call('getOverview');
    const item = (attention as Json[]).find(({ subjects }) => subjects !== undefined);
    await call('dismissAttention', {}, { kind: item?.['kind'], subjects: item?.['subjects'] });
  });

  it('about the journal fits its schema, on a page and as a stream', async () => {
    const { events } = await call('listEvents');
    const { length } = events as unknown[];
    const stream = await SseReader.open(`${admin.url}/api/events`, 0);
    await eventually(() => stream.events.length >= length);
    for (const { data } of stream.events) expectFit('a message of the event stream', eventJson, data);
    stream.close();
  });

  it('was asked of every operation of the OpenAPI document', async () => {
    const { paths } = (await call('getOpenApi')) as { paths: Record<string, Record<string, Json>> };
    const operations = Object.values(paths).flatMap((methods) =>
      Object.values(methods).map(({ operationId }) => operationId),
    );
    expect([...answered].sort()).toEqual(operations.sort());
  });
});

describe('what the admin API refuses', () => {
  it.each([
    ['get', '/api/bundles/none.raucb', {}, 404, 'not-found'],
    ['post', '/api/tokens', { name: 'x', scope: 'all' }, 400, 'invalid-input'],
    ['post', '/api/devices', { id: 'board-2' }, 409, 'conflict'],
    ['delete', '/api/overview', {}, 405, 'method-not-allowed'],
    ['post', '/upload', {}, 415, 'unsupported-media-type'],
  ] as const)('%s %s fits the schema of problems', async (method, path, body, status, code) => {
    const answer = await admin.http[method](path).send(body).expect(status);
    expect(answer.body).toMatchObject({ status, code });
    expectFit(path, problemJson, answer.body as unknown);
  });
});
