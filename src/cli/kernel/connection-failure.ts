import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { meetServer } from './met-server';
import { ServerRefusal } from './server-refusal';

const remedies: Readonly<Record<string, string>> = {
  ECONNREFUSED:
    'Check that the server is running (`npx rauc-simple-server serve`), or name another one with --server.',
  ENOTFOUND: 'Check the host in --server or RAUC_SERVER.',
  EAI_AGAIN: 'The DNS server does not answer. Check the network.',
};

/** What OpenSSL says about an answer that is not TLS. */
const plainAnswer = /wrong.version.number|packet.length.too.long|http.request/i;
const aboutTls = /CERT|SELF_SIGNED|UNABLE_TO|TLS|SSL|^EPROTO$/;
/** The connection was open and ended, or the answer was not HTTP. */
const cutShort = /^(ECONNRESET|EPIPE|HPE_.*)$/;

/**
 * Turns a network error into one that people can act on; other errors stay as they are. If the address may belong to
 * another listener, this checks what answers there.
 */
export async function connectionFailure(error: unknown, address: string): Promise<unknown> {
  if (error instanceof DomainError || error instanceof ServerRefusal) return error;
  const code = systemErrorCode(error) ?? '';
  const text = messageOf(error) || code;
  const unavailable = (message: string, remedy: string) =>
    new DomainError('unavailable', message, { cause: error, remedy });
  const isHttps = address.startsWith('https:');
  if (isHttps && plainAnswer.test(`${code} ${text}`)) {
    return unavailable(`${address} speaks HTTP, not HTTPS`, `Use --server ${switched(address)}.`);
  }
  const met = aboutTls.test(code) || cutShort.test(code) ? await meetServer(address) : 'unknown';
  if (met === 'client-certificates') {
    return unavailable(
      `${address} asks for a client certificate, like the device listener`,
      'Use the address of the admin listener in --server or RAUC_SERVER: http and port 8080, unless ADMIN_PORT is set.',
    );
  }
  if (!isHttps && met === 'https') {
    return unavailable(`${address} speaks HTTPS, not HTTP`, `Use --server ${switched(address)}.`);
  }
  if (aboutTls.test(code)) {
    return unavailable(
      `cannot verify the TLS certificate of ${address}: ${text}`,
      'If it was issued by your own CA, set NODE_EXTRA_CA_CERTS to the PEM file of that CA.',
    );
  }
  return unavailable(
    `no answer from ${address}: ${text}`,
    remedies[code] ?? 'Check that the server is running and that no proxy in between closes the connection.',
  );
}

/** OpenSSL's errors are not always instances of this realm's Error. */
function messageOf(error: unknown): string {
  const isObject = typeof error === 'object' && error !== null;
  return isObject && 'message' in error && typeof error.message === 'string' ? error.message : '';
}

/** The same address with the other scheme. */
function switched(address: string): string {
  return address.startsWith('https:') ? address.replace(/^https/, 'http') : address.replace(/^http/, 'https');
}
