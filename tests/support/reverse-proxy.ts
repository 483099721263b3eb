import { type ChildProcess, spawn } from 'node:child_process';
import { readFile, writeFile } from 'node:fs/promises';
import https, { type RequestOptions } from 'node:https';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import path from 'node:path';
import { eventually } from './eventually';
import { isListening } from './loopback-ports';
import { mustRun, temporaryFolder } from './programs';
import { caddyProgram, haproxyProgram, nginxConfiguration, nginxProgram } from './proxy-programs';

/** The host name of the proxies in docs/reverse-proxy.md. */
export const proxyName = 'updates.internal.example.com';

export type ProxyProgram = 'nginx' | 'caddy';

export interface ProxyRecipe {
  readonly title: string;
  readonly program: ProxyProgram;
  /** The recipe as written in the document. */
  readonly text: string;
  /** `/`, or the path below which it serves the server. */
  readonly base: string;
}

/** The configurations of docs/reverse-proxy.md, in its order. */
export async function readRecipes(): Promise<readonly ProxyRecipe[]> {
  const blocks = (await readDocument()).matchAll(/^```(nginx|caddy)\n(.*?)^```$/gms);
  return [...blocks].map(([, program = '', text = '']) => {
    const base = text.includes('/rauc/') ? '/rauc/' : '/';
    return { title: `${program} at ${base}`, program: program as ProxyProgram, text, base };
  });
}

/** The server options that docs/reverse-proxy.md gives, for a proxy on this port. */
export async function readServerOptions(port: number): Promise<Readonly<Record<string, string>>> {
  const options = optionsIn(await readDocument());
  return { ...options, ADMIN_HOSTS: `${options['ADMIN_HOSTS'] ?? ''}:${port}` };
}

/** What docs/load-balancer.md gives for HAProxy and for the server. */
export async function readHaproxyRecipe(): Promise<{
  readonly recipe: string;
  readonly options: Readonly<Record<string, string>>;
}> {
  const document = await readDocument('load-balancer.md');
  const [, recipe = ''] = /^```haproxy\n(.*?)^```$/ms.exec(document) ?? [];
  return { recipe, options: optionsIn(document) };
}

function optionsIn(document: string): Readonly<Record<string, string>> {
  const [, text = ''] = /^```ini\n(.*?)^```$/ms.exec(document) ?? [];
  const lines = text.split('\n').filter((line) => /^[A-Z_]+=/.test(line));
  return Object.fromEntries(lines.map((line) => line.split('=', 2) as [string, string]));
}

function readDocument(name = 'reverse-proxy.md'): Promise<string> {
  return readFile(path.join(__dirname, '../../docs', name), 'utf8');
}

/** A certificate for {@link proxyName} and `localhost`, and its key. */
export async function makeProxyCertificate(): Promise<{ certPath: string; keyPath: string; ca: string }> {
  const folder = await temporaryFolder();
  const certPath = path.join(folder, 'updates.crt');
  const keyPath = path.join(folder, 'updates.key');
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', keyPath];
  const names = ['-subj', '/CN=proxy', '-addext', `subjectAltName=DNS:${proxyName},DNS:localhost`];
  await mustRun('openssl', ['req', '-x509', ...key, ...names, '-days', '2', '-out', certPath]);
  return { certPath, keyPath, ca: await readFile(certPath, 'utf8') };
}

export interface RunningProxy {
  readonly port: number;
  /** Stops it and waits for its end. */
  stop(): Promise<void>;
}

const running = new Set<RunningProxy>();

afterAll(async () => {
  await Promise.all([...running].map((proxy) => proxy.stop()));
});

export interface ProxyOptions {
  /** Where its own port goes: the recipe's 443 if left out. */
  readonly port: number;
  /** Lines of nginx's `http` block around the recipe. */
  readonly around?: string;
}

/** nginx with a `server` block, in its own folder. */
export async function startNginx(server: string, { port, around = '' }: ProxyOptions): Promise<RunningProxy> {
  const folder = await temporaryFolder();
  const config = nginxConfiguration(folder, { http: `${around}\n${server}` });
  await writeFile(path.join(folder, 'nginx.conf'), config);
  return startProxy(
    nginxProgram,
    ['-e', 'stderr', '-p', folder, '-c', path.join(folder, 'nginx.conf')],
    port,
  );
}

/** Caddy with a site block, in its own folder. */
export async function startCaddy(site: string, { port }: ProxyOptions): Promise<RunningProxy> {
  const folder = await temporaryFolder();
  const config = `{
	admin off
	auto_https disable_redirects
	${site.startsWith('http:') ? 'http_port' : 'https_port'} ${port}
	grace_period 1s
	default_bind 127.0.0.1
}
${site}`;
  await writeFile(path.join(folder, 'Caddyfile'), config);
  const args = ['run', '--config', path.join(folder, 'Caddyfile'), '--adapter', 'caddyfile'];
  const env = { HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder };
  return startProxy(caddyProgram, args, port, env);
}

/** HAProxy with a recipe, as written except for its ports. @param to the port of the server */
export async function startHaproxy(
  recipe: string,
  { port, to }: { readonly port: number; readonly to: number },
): Promise<RunningProxy> {
  const folder = await temporaryFolder();
  const config = recipe
    .replace('bind :443', `bind 127.0.0.1:${port}`)
    .replace('127.0.0.1:8443', `127.0.0.1:${to}`);
  await writeFile(path.join(folder, 'haproxy.cfg'), config);
  return startProxy(haproxyProgram, ['-db', '-f', path.join(folder, 'haproxy.cfg')], port);
}

async function startProxy(
  program: string,
  args: readonly string[],
  port: number,
  env: Readonly<Record<string, string>> = {},
): Promise<RunningProxy> {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said += text));
  const ended = new Promise<void>((resolve) => {
    child.once('error', (error) => {
      said += `${error.message}: run npm run test:setup`;
      resolve();
    });
    child.once('exit', () => resolve());
  });
  const proxy: RunningProxy = {
    port,
    async stop() {
      running.delete(proxy);
      if (isRunning(child)) child.kill('SIGTERM');
      await ended;
    },
  };
  running.add(proxy);
  await eventually(async () => !isRunning(child) || (await isListening(port)));
  if (!isRunning(child)) throw new Error(`${program} does not run: ${said}`);
  return proxy;
}

const isRunning = (child: ChildProcess) =>
  child.pid !== undefined && child.exitCode === null && child.signalCode === null;

/**
 * Runs a recipe of the document as written, except for its ports and its certificate.
 * @param adminPort of the server behind it
 */
export async function startRecipe(
  { program, text }: ProxyRecipe,
  adminPort: number,
  certificate: { readonly certPath: string; readonly keyPath: string },
  options: ProxyOptions,
): Promise<RunningProxy> {
  const config = text
    .replaceAll('listen 443 ', `listen 127.0.0.1:${options.port} `)
    .replaceAll('127.0.0.1:8080', `127.0.0.1:${adminPort}`)
    .replaceAll('/etc/ssl/updates.crt', certificate.certPath)
    .replaceAll('/etc/ssl/updates.key', certificate.keyPath);
  return program === 'nginx' ? startNginx(config, options) : startCaddy(config, options);
}

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** How a client reaches a proxy: its name resolves to loopback, and its certificate is trusted. */
export function towards(port: number, ca: string): RequestOptions {
  return {
    port,
    ca,
    agent: false,
    hostname: '127.0.0.1',
    servername: proxyName,
    headers: { Host: `${proxyName}:${port}` },
  };
}

/** Sends a request through a proxy, over TLS, by its name. */
export function askThrough(
  connection: RequestOptions,
  method: string,
  to: string,
  { headers = {}, body }: { headers?: Readonly<Record<string, string>>; body?: string | Buffer } = {},
): Promise<ProxyAnswer> {
  return new Promise((resolve, reject) => {
    const all = { ...(connection.headers as object), ...headers };
    const request = https.request({ ...connection, method, path: to, headers: all }, (response) => {
      readText(response).then(
        (text) => resolve({ status: response.statusCode ?? 0, headers: response.headers, text }),
        reject,
      );
    });
    request.once('error', reject).end(body);
  });
}

async function readText(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of response as AsyncIterable<Buffer>) pieces.push(piece);
  return Buffer.concat(pieces).toString();
}
