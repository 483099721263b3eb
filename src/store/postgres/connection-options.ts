import { readFileSync } from 'node:fs';
import { isIP } from 'node:net';
import { checkServerIdentity, type ConnectionOptions as TlsOptions } from 'node:tls';
import type { PoolConfig } from 'pg';
import { DomainError } from '../../core/errors';

/** How long a connection may take to open. */
const connectMs = 5_000;
/** How long one statement may run. */
const statementMs = 30_000;
/** How long a statement may wait for another transaction. */
const lockMs = 10_000;
/** After this long without an answer, the network is at fault: PostgreSQL would have ended the statement. */
const silenceMs = statementMs + 5_000;

/**
 * PostgreSQL probes a silent client after 10 seconds and gives up 15 seconds later. It then releases the lock that keeps other servers
 * away. With Linux's defaults, a machine that lost power would keep that lock for two hours.
 */
const keepalives =
  'SET tcp_keepalives_idle = 10; SET tcp_keepalives_interval = 5; SET tcp_keepalives_count = 3';

/** Run on each new connection. A pooler such as PgBouncer would refuse these settings as connection parameters. */
export const sessionSettings = `SET statement_timeout = ${statementMs}; SET lock_timeout = ${lockMs}; SET idle_in_transaction_session_timeout = ${statementMs}; ${keepalives}`;

const sslModes = ['disable', 'require', 'verify-full'] as const;

/**
 * Reads the address of a database: `postgres://user:password@host:port/name?sslmode=…&sslrootcert=…`; with `host=/folder` a socket
 * in that folder. Without `sslmode` the certificate is verified, except on this machine. Other parameters are refused, because a
 * misspelled one would silently lower security.
 * @throws DomainError `configuration`, which never contains the address: it may contain a password
 */
export function connectionOptions(url: string): PoolConfig {
  const address = parse(url);
  const { searchParams: given } = address;
  for (const name of given.keys())
    if (!['sslmode', 'sslrootcert', 'host'].includes(name)) throw unusable(`it has an unknown parameter`);
  const host = given.get('host') ?? decoded(address.hostname.replace(/^\[(.*)\]$/, '$1'));
  const database = decoded(address.pathname.slice(1));
  if (host === '' || database === '') throw unusable('it needs a host and the name of a database');
  const user = decoded(address.username);
  const password = decoded(address.password);
  return {
    host,
    port: address.port === '' ? 5432 : Number(address.port),
    database,
    ...(user === '' ? {} : { user }),
    // A function, because a plain property would be shown wherever the options are.
    password: () => password,
    ssl: tlsOptions(host, given.get('sslmode'), given.get('sslrootcert')),
    application_name: 'rauc-simple-server',
    connectionTimeoutMillis: connectMs,
    query_timeout: silenceMs,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
  };
}

function parse(url: string): URL {
  const address = URL.canParse(url) ? new URL(url) : undefined;
  if (address?.protocol !== 'postgres:' && address?.protocol !== 'postgresql:')
    throw unusable('it must begin with postgres:// and be a URL');
  return address;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw unusable('it has a % that encodes nothing');
  }
}

function tlsOptions(host: string, mode: string | null, rootCertificate: string | null): TlsOptions | false {
  const wanted = mode ?? (isLocal(host) ? 'disable' : 'verify-full');
  if (!(sslModes as readonly string[]).includes(wanted))
    throw unusable(`its sslmode must be one of ${sslModes.join(', ')}`);
  if (wanted === 'disable') return false;
  const ca = rootCertificate === null ? {} : { ca: readCertificate(rootCertificate) };
  if (wanted === 'require') return { ...ca, rejectUnauthorized: false };
  return {
    ...ca,
    rejectUnauthorized: true,
    ...(isIP(host) === 0 ? { servername: host } : {}),
    // For an address, Node would otherwise compare the certificate with `localhost`.
    checkServerIdentity: (_, certificate) => checkServerIdentity(host, certificate),
  };
}

function readCertificate(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw unusable('its sslrootcert cannot be read', cause);
  }
}

function isLocal(host: string): boolean {
  return host.startsWith('/') || host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host);
}

function unusable(why: string, cause?: unknown): DomainError {
  return DomainError.of('database-address-unusable', { why }, { cause });
}
