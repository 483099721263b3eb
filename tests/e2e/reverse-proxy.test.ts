import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import https from 'node:https';
import path from 'node:path';
import { createServer, connect } from 'node:net';
import { type MadeBundle, makeBundle } from '../support/bundle-factory';
import { freePort } from '../support/loopback-ports';
import { mustRun, run, temporaryFolder } from '../support/programs';
import {
  askThrough,
  makeProxyCertificate,
  proxyName,
  type ProxyProgram,
  type ProxyRecipe,
  readRecipes,
  readServerOptions,
  type RunningProxy,
  startCaddy,
  startNginx,
  startRecipe,
  towards,
} from '../support/reverse-proxy';
import { entryPoint, type ServerProcess, startServer } from '../support/server-process';
import { SseReader } from '../support/sse-reader';

let certificate: Awaited<ReturnType<typeof makeProxyCertificate>>;
let recipes: readonly ProxyRecipe[];
/** Larger than what nginx takes unless it is told to. */
let large: MadeBundle;

beforeAll(async () => {
  certificate = await makeProxyCertificate();
  recipes = await readRecipes();
  large = await makeBundle({ imageSizeBytes: 3 << 20, seed: 'proxy' });
});

async function makeToken(folder: string): Promise<string> {
  const args = [entryPoint, 'token', 'create', 'ann', '--scope', 'admin'];
  return (await mustRun(process.execPath, args, { cwd: folder })).stdout.trim();
}

/** What doctor finds of a server that runs, as `severity check`. */
async function doctor(
  server: ServerProcess,
  { folder, env }: { readonly folder: string; readonly env: Readonly<Record<string, string>> },
): Promise<readonly string[]> {
  const ports = ['--admin-port', `${portOf(server)}`, '--device-port', new URL(server.deviceUrl).port];
  const { stdout } = await run(process.execPath, [entryPoint, 'doctor', '--json', ...ports], {
    cwd: folder,
    env,
  });
  const { findings } = JSON.parse(stdout) as { findings: { severity: string; check: string }[] };
  return findings.map(({ severity, check }) => `${severity} ${check}`);
}

const portOf = (server: ServerProcess) => Number(new URL(server.adminUrl).port);

it('has recipes for both programs, at the root and below a path', () => {
  expect(recipes.map(({ title }) => title)).toEqual([
    'nginx at /',
    'nginx at /rauc/',
    'caddy at /',
    'caddy at /rauc/',
  ]);
});

describe.each<[ProxyProgram, string]>([
  ['nginx', '/'],
  ['nginx', '/rauc/'],
  ['caddy', '/'],
  ['caddy', '/rauc/'],
])('the recipe for %s at %s', (program, base) => {
  let proxy: RunningProxy;
  let server: ServerProcess;
  let folder: string;
  let token: string;
  let origin: string;
  const below = (to: string) => base + to.slice(1);
  const ask = (method: string, to: string, given: Parameters<typeof askThrough>[3] = {}) =>
    askThrough(towards(proxy.port, certificate.ca), method, below(to), given);
  const withToken = () => ({ Authorization: `Bearer ${token}` });

  beforeAll(async () => {
    const recipe = recipes.find((one) => one.program === program && one.base === base);
    if (recipe === undefined) throw new Error('the document has no such recipe');
    folder = await temporaryFolder();
    const port = await freePort();
    server = await startServer({ folder, env: await readServerOptions(port) });
    token = await makeToken(folder);
    proxy = await startRecipe(recipe, portOf(server), certificate, { port });
    origin = `https://${proxyName}:${port}`;
  });
  afterAll(async () => {
    await proxy.stop();
    await server.stop();
  });

  async function signIn(): Promise<{ cookie: string; attributes: readonly string[] }> {
    const answer = await ask('POST', '/api/session', {
      headers: { Origin: origin, 'Content-Type': 'application/json' },
      body: JSON.stringify({ token }),
    });
    expect(answer.status).toBe(200);
    const [cookie = '', ...attributes] = (answer.headers['set-cookie']?.[0] ?? '').split('; ');
    return { cookie, attributes };
  }

  it('lets nobody in without a token', async () => {
    expect((await ask('GET', '/')).status).toBe(200);
    for (const to of ['/api/devices', '/api/bundles', '/metrics', '/api/events'])
      expect({ to, status: (await ask('GET', to)).status }).toEqual({ to, status: 401 });
    for (const to of ['/api/devices/board-1/kit', '/api/tokens', '/upload'])
      expect({ to, status: (await ask('POST', to)).status }).toEqual({ to, status: 401 });
    expect((await ask('GET', '/api/devices', { headers: withToken() })).status).toBe(200);
  });

  it('gives a browser a session for this path alone, which is good for changes from its own page', async () => {
    const { cookie, attributes } = await signIn();
    expect(attributes).toEqual(expect.arrayContaining([`Path=${base}`, 'HttpOnly', 'SameSite=Strict']));
    expect(attributes).toContain('Secure');
    const change = (from: Record<string, string>) =>
      ask('POST', '/api/devices', {
        headers: { Cookie: cookie, 'Content-Type': 'application/json', ...from },
        body: JSON.stringify({ id: 'by-page' }),
      });
    expect((await ask('GET', '/api/devices', { headers: { Cookie: cookie } })).status).toBe(200);
    expect((await change({})).status).toBe(403);
    expect((await change({ Origin: 'https://elsewhere.example' })).status).toBe(403);
    expect((await change({ Origin: `https://${proxyName}` })).status).toBe(403);
    expect((await change({ Origin: origin, 'Sec-Fetch-Site': 'cross-site' })).status).toBe(403);
    expect((await change({ Origin: origin, 'Sec-Fetch-Site': 'same-origin' })).status).toBe(201);
    const out = await ask('DELETE', '/api/session', { headers: { Cookie: cookie, Origin: origin } });
    expect(out.headers['set-cookie']?.[0]).toContain(`Path=${base}; Max-Age=0`);
    expect((await ask('GET', '/api/devices', { headers: { Cookie: cookie } })).status).toBe(401);
  });

  it('writes who asked into the journal, not who they say they are', async () => {
    await ask('POST', '/api/devices', {
      headers: { ...withToken(), 'Content-Type': 'application/json', 'X-Forwarded-For': '203.0.113.9' },
      body: JSON.stringify({ id: 'by-script' }),
    });
    const answer = await ask('GET', '/api/events?limit=1', { headers: withToken() });
    expect(JSON.parse(answer.text)).toMatchObject({
      events: [{ kind: 'device.registered', actor: 'token:ann', address: '127.0.0.1' }],
    });
  });

  it('takes an upload of more than 1 MiB, and redirects a form to the page', async () => {
    const boundary = 'fixed-boundary';
    const content = await readFile(large.path);
    expect(content.length).toBeGreaterThan(2 << 20);
    const body = Buffer.concat([
      Buffer.from(
        `--${boundary}\r\nContent-Disposition: form-data; name="bundle"; filename="fw-1.raucb"\r\n\r\n`,
      ),
      content,
      Buffer.from(`\r\n--${boundary}--\r\n`),
    ]);
    const type = { 'Content-Type': `multipart/form-data; boundary=${boundary}` };
    const first = await ask('POST', '/upload', { headers: { ...withToken(), ...type }, body });
    expect({ status: first.status, text: first.text }).toMatchObject({ status: 201 });
    const form = { ...withToken(), ...type, Accept: 'text/html' };
    const second = await ask('POST', '/upload', { headers: form, body });
    expect(second.status).toBe(303);
    const page = new URL(second.headers.location ?? '', `${origin}${below('/upload')}`);
    expect(page.href).toBe(`${origin}${base}?done=uploaded&name=fw-1.raucb`);
    const activated = await ask('POST', '/activate/fw-1.raucb', {
      headers: { ...withToken(), Accept: 'text/html', 'Content-Type': 'application/x-www-form-urlencoded' },
    });
    const shown = new URL(activated.headers.location ?? '', `${origin}${below('/activate/fw-1.raucb')}`);
    expect(shown.href).toBe(`${origin}${base}?done=activated&name=fw-1.raucb`);
  });

  it('hands an upload on as it comes, and a refusal back before it is whole', async () => {
    const headers = {
      ...(towards(proxy.port, certificate.ca).headers as object),
      Authorization: 'Bearer wrong',
      'Content-Type': 'multipart/form-data; boundary=b',
      'Content-Length': String(64 << 20),
    };
    const request = https.request({
      ...towards(proxy.port, certificate.ca),
      method: 'POST',
      path: below('/upload'),
      headers,
    });
    request.on('error', () => undefined);
    request.write(Buffer.alloc(64 << 10));
    const [answer] = (await once(request, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(401);
    request.destroy();
  });

  it('shows an event as it happens', async () => {
    const connection = towards(proxy.port, certificate.ca);
    const headers = { ...(connection.headers as Record<string, string>), ...withToken() };
    const url = `${origin}${below('/api/events')}`;
    const reader = await SseReader.open(url, 0, headers, connection);
    expect(reader.contentType).toMatch(/^text\/event-stream/);
    const before = (await reader.until(1)).length;
    await ask('POST', '/api/devices', {
      headers: { ...withToken(), 'Content-Type': 'application/json' },
      body: JSON.stringify({ id: 'while-open' }),
    });
    await reader.until(before + 1);
    expect(reader.events.at(-1)).toMatchObject({ kind: 'device.registered', data: { device: 'while-open' } });
    reader.close();
  });

  it('serves the page with links that lead below the path, at each depth', async () => {
    for (const to of ['/', '/devices', '/devices/board-1']) {
      const { status, text, headers } = await ask('GET', to);
      expect(status).toBe(200);
      expect(headers['content-security-policy']).toContain("script-src 'self'");
      const links = [...text.matchAll(/\s(?:src|href)="([^"]+)"/g)].map(
        ([, link = '']) => new URL(link, origin + below(to)).pathname,
      );
      expect(links).toHaveLength(4);
      for (const link of links) {
        const asset = await askThrough(towards(proxy.port, certificate.ca), 'GET', link);
        expect({ link, status: asset.status }).toEqual({ link, status: 200 });
      }
    }
  });

  it('leaves names with a slash, a percent sign and a blank what they are', async () => {
    const compatible = 'acme/gw 100% é';
    const name = encodeURIComponent(compatible);
    const activate = await ask('POST', `/activate/${name}/fw-1.raucb?any=%2F`, {
      headers: { ...withToken(), 'Content-Type': 'application/json' },
      body: JSON.stringify({ force: true }),
    });
    expect(JSON.parse(activate.text)).toMatchObject({ release: { compatible } });
    const deactivate = await ask('POST', `/deactivate/${name}`, { headers: withToken() });
    expect(deactivate.status).toBe(200);
  });

  it('is found by who leaves out the slash at the end', async () => {
    const to = base.slice(0, -1);
    const answer = await askThrough(towards(proxy.port, certificate.ca), 'GET', to === '' ? '/' : to);
    if (base === '/') expect(answer.status).toBe(200);
    else {
      expect([301, 302]).toContain(answer.status);
      expect(new URL(answer.headers.location ?? '', origin).href).toBe(`${origin}${base}`);
    }
  });
});

describe('the command line through nginx below a path', () => {
  it('uploads, lists and activates with the path in its address', async () => {
    const recipe = recipes.find((one) => one.title === 'nginx at /rauc/');
    if (recipe === undefined) throw new Error('the document has no such recipe');
    const folder = await temporaryFolder();
    const port = await freePort();
    const options = await readServerOptions(port);
    const server = await startServer({ folder, env: options });
    const env = {
      ADMIN_TOKEN: await makeToken(folder),
      NODE_EXTRA_CA_CERTS: certificate.certPath,
      RAUC_SERVER: `https://localhost:${port}/rauc`,
    };
    const proxy = await startRecipe(recipe, portOf(server), certificate, { port });
    const cli = (...args: string[]) => run(process.execPath, [entryPoint, ...args], { cwd: folder, env });
    await mustRun('cp', [large.path, path.join(folder, 'fw-2.raucb')]);
    expect(await cli('bundle', 'upload', 'fw-2.raucb', '--activate')).toMatchObject({ code: 0 });
    expect((await cli('bundle', 'list', '--json')).stdout).toContain('"fw-2.raucb"');
    expect(await cli('device', 'create', 'board-1')).toMatchObject({ code: 0 });
    expect(await doctor(server, { folder, env: { ...env, ...options } })).toEqual([]);
    await proxy.stop();
    await server.stop();
  });
});

describe('what a proxy on this machine opens', () => {
  let folder: string;
  let server: ServerProcess;
  beforeAll(async () => {
    folder = await temporaryFolder();
    server = await startServer({ folder });
  });
  afterAll(() => server.stop());

  /** What is answered to somebody who reaches the proxy, in plain HTTP. */
  async function statusAt(port: number, to = '/api/devices'): Promise<number> {
    const { status } = await fetch(`http://127.0.0.1:${port}${to}`);
    return status;
  }

  it('is nothing with a bare proxy_pass of nginx before 1.29.7', async () => {
    const port = await freePort();
    const config = `server { listen 127.0.0.1:${port}; location / { proxy_pass ${server.adminUrl}; } }`;
    const proxy = await startNginx(config, { port });
    expect(await statusAt(port)).toBe(401);
    expect(await statusAt(port, '/')).toBe(200);
    await proxy.stop();
  });

  it('is nothing with a bare reverse_proxy of Caddy', async () => {
    const port = await freePort();
    const target = new URL(server.adminUrl).host;
    const proxy = await startCaddy(`http://127.0.0.1:${port} {\n\treverse_proxy ${target}\n}`, { port });
    expect(await statusAt(port)).toBe(401);
    expect(await statusAt(port, '/')).toBe(200);
    await proxy.stop();
  });

  describe('without a word in the request, as the document warns', () => {
    /** A forwarder of bytes, and nginx as it is from 1.29.7 on. */
    async function withForwarders(adminUrl: string): Promise<readonly number[]> {
      const { hostname, port: adminPort } = new URL(adminUrl);
      const forwarder = createServer((socket) => {
        const onward = connect(Number(adminPort), hostname);
        socket.pipe(onward).pipe(socket);
        socket.on('error', () => onward.destroy());
        onward.on('error', () => socket.destroy());
      }).listen(0, '127.0.0.1');
      await once(forwarder, 'listening');
      const address = forwarder.address();
      if (address === null || typeof address === 'string') throw new Error('no port');
      const port = await freePort();
      const proxy = await startNginx(
        `server { listen 127.0.0.1:${port}; proxy_http_version 1.1; proxy_set_header Connection "";
           location / { proxy_pass ${adminUrl}; } }`,
        { port },
      );
      const statuses = [await statusAt(address.port), await statusAt(port)];
      await proxy.stop();
      forwarder.close();
      return statuses;
    }

    it('is found by doctor, and so is that nginx takes no large bundle', async () => {
      const port = await freePort();
      const proxy = await startNginx(
        `server { listen 127.0.0.1:${port}; proxy_http_version 1.1; proxy_set_header Connection "";
           location / { proxy_pass ${server.adminUrl}; } }`,
        { port },
      );
      const env = { RAUC_SERVER: `http://127.0.0.1:${port}` };
      expect(await doctor(server, { folder, env })).toEqual(['error proxies', 'error proxies']);
      await proxy.stop();
    });

    it('is everything, unless ADMIN_REQUIRE_TOKEN is set', async () => {
      expect(await withForwarders(server.adminUrl)).toEqual([200, 200]);
      const strict = await startServer({
        folder: await temporaryFolder(),
        env: { ADMIN_REQUIRE_TOKEN: 'true' },
      });
      expect(await withForwarders(strict.adminUrl)).toEqual([401, 401]);
      await strict.stop();
    });
  });
});
