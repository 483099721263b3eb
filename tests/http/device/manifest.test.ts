import { copyFile } from 'node:fs/promises';
import path from 'node:path';
import { type MadeBundle, makeBundle } from '../../support/bundle-factory';
import { connectDevice, type DeviceClient, protocols } from '../../support/device-client';
import { type DeviceListener, startDeviceListener } from '../../support/device-listener';
import { temporaryFolder } from '../../support/programs';

describe.each(protocols)('the manifest over %s', (protocol) => {
  let listener: DeviceListener;
  let client: DeviceClient;
  let bundle: MadeBundle;
  const get = async (target: string, headers: Record<string, string> = {}) => {
    const { body, ...answer } = await client.request(target, headers);
    return {
      ...answer,
      json: (body.length === 0 ? {} : JSON.parse(body.toString())) as Record<string, unknown>,
    };
  };

  beforeAll(async () => {
    listener = await startDeviceListener({ compatible: 'test-board' });
    bundle = await makeBundle({ version: '2.0.0' });
    const folder = await temporaryFolder();
    const publish = async (name: string, compatible: string) => {
      const made = await makeBundle({ compatible });
      await copyFile(made.path, path.join(folder, name));
      await listener.publish(path.join(folder, name), { activate: true });
    };
    await listener.publish(bundle.path, { activate: true });
    await publish('acme gateway+1.raucb', 'acme/gw');
    await publish('umlaut.raucb', 'Gerät 7');
    client = await connectDevice(listener.url, await listener.device('board-1'), protocol);
  });

  it('tells what to install', async () => {
    const { status, headers, json } = await get('/api/v1/manifest.json?compatible=test-board');
    expect(status).toBe(200);
    expect(headers).toMatchObject({
      'content-type': 'application/json',
      'cache-control': 'private, no-cache',
    });
    expect(json).toEqual({
      bundle_url: `${listener.url}/bundles/${bundle.sha256}/bundle.raucb`,
      compatible: 'test-board',
      filename: 'bundle.raucb',
      size: bundle.sizeBytes,
      sha256: bundle.sha256,
      released_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as string,
      version: '2.0.0',
      format: 'verity',
      manifest_hash: expect.stringMatching(/^[0-9a-f]{64}$/) as string,
    });
  });

  it.each<[string, string, Record<string, string>, string]>([
    ['the query', '/api/v1/manifest.json?compatible=acme%2Fgw', {}, 'acme/gw'],
    ['the header', '/api/v1/manifest.json', { 'x-rauc-compatible': 'acme/gw' }, 'acme/gw'],
    [
      'the query before the header',
      '/api/v1/manifest.json?compatible=acme/gw',
      { 'x-rauc-compatible': 'x' },
      'acme/gw',
    ],
    ['the path', '/api/v1/manifest/acme%2Fgw.json', {}, 'acme/gw'],
    [
      'the path before the header',
      '/api/v1/manifest/acme%2Fgw.json',
      { 'x-rauc-compatible': 'x' },
      'acme/gw',
    ],
    ['the default', '/api/v1/manifest.json', {}, 'test-board'],
    ['UTF-8 in the query', '/api/v1/manifest.json?compatible=Ger%C3%A4t+7', {}, 'Gerät 7'],
    ['UTF-8 in the path', '/api/v1/manifest/Ger%C3%A4t%207.json', {}, 'Gerät 7'],
    [
      'UTF-8 in the header',
      '/api/v1/manifest.json',
      { 'x-rauc-compatible': Buffer.from('Gerät 7').toString('latin1') },
      'Gerät 7',
    ],
  ])('takes the compatible from %s', async (_, target, headers, compatible) => {
    const { status, json } = await get(target, headers);
    expect(status).toBe(200);
    expect(json).toMatchObject({ compatible });
    expect(json['filename']).not.toBe('');
  });

  it.each<[string, string, Record<string, string>]>([
    ['an empty compatible', '/api/v1/manifest.json?compatible=', {}],
    ['an empty header', '/api/v1/manifest.json', { 'x-rauc-compatible': '' }],
    ['two compatibles', '/api/v1/manifest.json?compatible=a&compatible=b', {}],
    ['a control character', '/api/v1/manifest.json?compatible=a%0Ab', {}],
    ['a compatible too long', `/api/v1/manifest.json?compatible=${'x'.repeat(201)}`, {}],
    ['an empty name in the path', '/api/v1/manifest/.json', {}],
    ['a header that is not UTF-8', '/api/v1/manifest.json', { 'x-rauc-compatible': 'Ger\xe4t' }],
    ['a malformed path', '/api/v1/manifest/%zz.json', {}],
  ])('answers 400 to %s, never with the default', async (_, target, headers) => {
    const { status, headers: answered, json } = await get(target, headers);
    expect(status).toBe(400);
    expect(answered['content-type']).toBe('application/problem+json');
    expect(json).toMatchObject({ code: 'invalid-input' });
  });

  it('says why there is nothing to install', async () => {
    const { status, json } = await get('/api/v1/manifest.json?compatible=unknown');
    expect(status).toBe(200);
    expect(json).toMatchObject({ bundle_url: '', filename: '', compatible: 'unknown' });
    expect(json['reason']).toContain('unknown');
  });

  it('gives an address that can be opened, whatever is in the name', async () => {
    const { json } = await get('/api/v1/manifest/acme%2Fgw.json');
    const { pathname } = new URL(String(json['bundle_url']));
    expect((await client.request(pathname, {}, 'HEAD')).status).toBe(200);
  });

  it('answers 304 as long as nothing changes, and HEAD like GET', async () => {
    const target = '/api/v1/manifest.json?compatible=test-board';
    const first = await client.request(target);
    const etag = String(first.headers['etag']);
    expect(etag).toMatch(/^"[\w-]+"$/);
    const again = await client.request(target, { 'if-none-match': etag });
    expect(again).toMatchObject({ status: 304, headers: { etag } });
    expect(again.body).toHaveLength(0);
    const other = await client.request('/api/v1/manifest/acme%2Fgw.json', { 'if-none-match': etag });
    expect(other.status).toBe(200);
    const head = await client.request(target, {}, 'HEAD');
    expect(head).toMatchObject({ status: 200, headers: { etag, 'content-length': `${first.body.length}` } });
    expect(head.body).toHaveLength(0);
  });

  it('gives another answer as soon as the release is gone', async () => {
    const target = '/api/v1/manifest/umlaut-board.json';
    const folder = await temporaryFolder();
    const made = await makeBundle({ compatible: 'umlaut-board' });
    await copyFile(made.path, path.join(folder, 'gone.raucb'));
    await listener.publish(path.join(folder, 'gone.raucb'), { activate: true });
    const { headers, json } = await get(target);
    expect(json).toMatchObject({ filename: 'gone.raucb' });
    await listener.services.activateRelease.deactivate({ compatible: 'umlaut-board', actor: 'local' });
    const after = await get(target, { 'if-none-match': String(headers['etag']) });
    expect(after.status).toBe(200);
    expect(after.json).toMatchObject({ filename: '' });
  });

  describe('for a device whose certificate is bound to a compatible', () => {
    let bound: DeviceClient;
    beforeAll(async () => {
      const files = await listener.device('gateway-1', { compatibles: ['acme/gw'] });
      bound = await connectDevice(listener.url, files, protocol);
    });

    it('offers its own', async () => {
      const { status, body } = await bound.request('/api/v1/manifest/acme%2Fgw.json');
      expect(status).toBe(200);
      expect(JSON.parse(body.toString())).toMatchObject({ filename: 'acme gateway+1.raucb' });
    });

    it.each<[string, Record<string, string>]>([
      ['/api/v1/manifest/test-board.json', {}],
      ['/api/v1/manifest.json?compatible=test-board', {}],
      ['/api/v1/manifest.json', { 'x-rauc-compatible': 'test-board' }],
    ])('refuses %s', async (target, headers) => {
      expect((await bound.request(target, headers)).status).toBe(403);
    });

    it('serves the bundles of its own and knows no others', async () => {
      expect((await bound.request('/bundles/acme%20gateway%2B1.raucb', {}, 'HEAD')).status).toBe(200);
      expect((await bound.request('/bundles/bundle.raucb', {}, 'HEAD')).status).toBe(404);
      expect((await bound.request(`/bundles/${bundle.sha256}/bundle.raucb`, {}, 'HEAD')).status).toBe(404);
    });

    it('serves a bundle of another compatible that was released to it by force', async () => {
      const files = await listener.device('odd-1', { compatibles: ['odd-board'] });
      const odd = await connectDevice(listener.url, files, protocol);
      expect((await odd.request('/bundles/bundle.raucb', {}, 'HEAD')).status).toBe(404);
      const release = { name: 'bundle.raucb', compatible: 'odd-board', force: true, actor: 'local' };
      await listener.services.activateRelease.activate(release);
      expect((await odd.request('/bundles/bundle.raucb', {}, 'HEAD')).status).toBe(200);
    });
  });

  it('answers /health', async () => {
    const { status, json } = await get('/health');
    expect(status).toBe(200);
    expect(json).toMatchObject({ status: 'ok' });
  });

  it.each(['/', '/api', '/api/v1/manifest', '/api/v1/manifest/x', '/upload', '/metrics', '/health/'])(
    'answers 404 to %s',
    async (target) => {
      const { status, headers, json } = await get(target);
      expect(status).toBe(404);
      expect(headers['content-type']).toBe('application/problem+json');
      expect(json).toMatchObject({ code: 'not-found' });
    },
  );

  it.each(['POST', 'PUT', 'DELETE', 'OPTIONS'])('answers 405 to %s, and what is allowed', async (method) => {
    const { status, headers } = await client.request('/api/v1/manifest.json', {}, method);
    expect(status).toBe(405);
    expect(headers['allow']).toBe('GET, HEAD');
  });
});

it('tells devices to use SERVER_URL when it is configured', async () => {
  const listener = await startDeviceListener({ change: { baseUrl: 'https://updates.example.com:8443' } });
  const { path: file, sha256 } = await makeBundle();
  await listener.publish(file, { activate: true });
  const client = await connectDevice(listener.url, await listener.device('board-1'), 'HTTP/2');
  const { body } = await client.request('/api/v1/manifest.json');
  expect(JSON.parse(body.toString())).toMatchObject({
    bundle_url: `https://updates.example.com:8443/bundles/${sha256}/bundle.raucb`,
  });
});
