import { lookup } from 'node:dns/promises';
import http, { type IncomingMessage, type RequestOptions } from 'node:http';
import https from 'node:https';
import { connect, isIP } from 'node:net';
import tls, { TLSSocket } from 'node:tls';
import { systemErrorCode } from '../../base/files/system-error';
import { localProxyHeader } from '../proxy-header';
import type { DeviceTls, Endpoint, ProbeListeners, Silence, Stranger } from '../../ports/listener-probes';

/** A longer answer cannot be a server's health. */
const maxAnswerBytes = 1 << 16;

/** A slower listener is as good as none. */
const usualTimeoutMs = 5_000;

interface Answer {
  readonly status: number;
  readonly text: string;
}

/** Probes listeners as their clients would. Each probe ends within this time, whatever the other side does. */
export function createProbeListeners(timeoutMs = usualTimeoutMs): ProbeListeners {
  const ask = (url: string, options: RequestOptions = {}) => askOnce(url, { ...options, timeoutMs });
  return {
    greetAdmin: async (url) => healthOf(await ask(`${url}/health`)),

    greetDevices: (at, tls) => greet(at, tls, timeoutMs),

    async greetProxy(url, uploadLimitBytes) {
      const health = healthOf(await ask(`${url}/health`));
      if (health.kind !== 'greeted') return health;
      const protectedAnswer = await ask(`${url}/api/about`);
      const headers = {
        'Content-Length': uploadLimitBytes,
        'Content-Type': 'multipart/form-data; boundary=doctor',
      };
      const upload = await ask(`${url}/upload`, {
        method: 'POST',
        headers: { ...headers, Expect: '100-continue' },
      });
      return {
        ...health,
        statusWithoutToken: 'status' in protectedAnswer ? protectedAnswer.status : 0,
        statusOfUpload: 'status' in upload ? upload.status : 0,
      };
    },

    resolves: (name) =>
      isIP(name) !== 0
        ? Promise.resolve(true)
        : within(
            lookup(name).then(
              () => true,
              () => false,
            ),
            timeoutMs,
          ),
  };
}

function healthOf(answer: Answer | Silence): { kind: 'greeted'; version: string } | Silence | Stranger {
  if ('kind' in answer) return answer;
  const version = answer.status === 200 ? versionIn(answer.text) : undefined;
  if (version !== undefined) return { kind: 'greeted', version };
  return { kind: 'stranger', does: `answers the health check with HTTP ${answer.status}` };
}

type Asked = RequestOptions & { readonly timeoutMs: number };

/** Sends no byte of a body, so that nothing is uploaded. */
function askOnce(url: string, { timeoutMs, ...options }: Asked): Promise<Answer | Silence> {
  return new Promise((resolve) => {
    const request = (url.startsWith('https:') ? https : http).request(url, {
      ...options,
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
    });
    request
      .once('response', (response) => {
        void readText(response).then((text) => {
          resolve({ status: response.statusCode ?? 0, text });
          request.destroy();
        });
      })
      .once('continue', () => {
        resolve({ status: 100, text: '' });
        request.destroy();
      })
      .on('error', (error) => resolve({ kind: 'silent', code: codeOf(error) }));
    if (options.method === 'POST') request.flushHeaders();
    else request.end();
  });
}

/** Connects as a device would. The server's certificate is judged here, not refused, so that the rest is seen too. */
function greet(
  { host, port, serverName, takesProxyHeader = false }: Endpoint,
  { ca, client }: DeviceTls,
  timeoutMs: number,
): ReturnType<ProbeListeners['greetDevices']> {
  return new Promise((resolve) => {
    let shown: { readonly fingerprint: string; readonly chainProblem: string | null } | undefined;
    const secure = {
      host,
      port,
      // SNI does not allow addresses.
      servername: isIP(serverName) === 0 ? serverName : '',
      ca,
      ...client,
      rejectUnauthorized: false,
      checkServerIdentity: () => undefined, // names are checked separately
    };
    const request = https.request({
      ...secure,
      path: '/health',
      ...(takesProxyHeader ? { createConnection: () => connectWithHeader(secure) } : { agent: false }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    const end = (answer: { readonly status: number } | { readonly refusal: string }) => {
      if (shown !== undefined)
        resolve({ kind: 'greeted', ...shown, answer: client === null ? null : answer });
      request.destroy();
    };
    request
      .once('socket', (socket) => {
        socket.once('secureConnect', () => {
          if (socket instanceof TLSSocket) shown = describePeer(socket);
          if (client === null) end({ refusal: 'none was shown' });
        });
      })
      .once('response', (response) => end({ status: response.statusCode ?? 0 }))
      .on('error', (error) => {
        const code = codeOf(error);
        if (shown !== undefined) end({ refusal: code });
        else if (isNoTls(code))
          resolve({ kind: 'stranger', does: `does not speak TLS as the server does (${code})` });
        else resolve({ kind: 'silent', code });
      })
      .end();
  });
}

function connectWithHeader(secure: tls.ConnectionOptions & Pick<Endpoint, 'host' | 'port'>): TLSSocket {
  const below = connect({ host: secure.host, port: secure.port });
  below.write(localProxyHeader);
  const socket = tls.connect({ ...secure, socket: below });
  below.on('error', (error) => socket.destroy(error));
  return socket;
}

function describePeer(socket: TLSSocket): { fingerprint: string; chainProblem: string | null } {
  const certificate = socket.getPeerX509Certificate();
  // Node's types say Error, but it is OpenSSL's code, such as CERT_HAS_EXPIRED.
  const problem: unknown = socket.authorizationError;
  return {
    fingerprint: certificate?.fingerprint256.replaceAll(':', '').toLowerCase() ?? '',
    chainProblem: socket.authorized ? null : String(problem),
  };
}

function isNoTls(code: string): boolean {
  return code === 'EPROTO' || code.startsWith('ERR_SSL_');
}

function codeOf(error: Error): string {
  if (error.name === 'TimeoutError' || error.name === 'AbortError') return 'ETIMEDOUT';
  return systemErrorCode(error) ?? error.message;
}

async function readText(response: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let size = 0;
  try {
    for await (const piece of response as AsyncIterable<Buffer>) {
      size += piece.length;
      if (size > maxAnswerBytes) break;
      pieces.push(piece);
    }
  } catch {
    // What came before says enough.
  }
  return Buffer.concat(pieces).toString();
}

/** @returns `undefined` for text that is not the health of such a server */
function versionIn(text: string): string | undefined {
  try {
    const health: unknown = JSON.parse(text);
    if (typeof health !== 'object' || health === null || !('status' in health) || !('version' in health))
      return undefined;
    return health.status === 'ok' && typeof health.version === 'string' ? health.version : undefined;
  } catch {
    return undefined;
  }
}

async function within(work: Promise<boolean>, timeoutMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<boolean>((resolve) => {
    timer = setTimeout(() => resolve(false), timeoutMs);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
