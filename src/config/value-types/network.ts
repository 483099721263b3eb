import { isIP } from 'node:net';
import { formatS3Address, parseS3Address, type S3Address } from '../../core/s3-address';
import { listOf } from './list';
import { plain, type ValueType } from './value-type';

/** The origin of an HTTPS server; normalised as the WHATWG URL standard says, without the slash at the end. */
export const httpsOrigin: ValueType<string> = {
  name: 'URL',
  accepts:
    'https://, a host and an optional port, such as https://updates.example.com:8443, without path, query or user',
  parse: (value) => {
    if (!/^https:\/\/[^\s/?#@\\]+\/?$/i.test(value)) return undefined;
    const url = parseUrl(value);
    return url === undefined || url.port === '0' ? undefined : url.origin;
  },
  format: plain,
};

/** The address of a server: an HTTP or HTTPS URL, possibly with a path, without a slash at the end. */
export const serverAddress: ValueType<string> = {
  name: 'URL',
  accepts:
    'http:// or https://, a host, and an optional port and path, such as http://127.0.0.1:8080, without query or user',
  parse: (value) => {
    if (!/^https?:\/\/[^\s/?#@\\]+(\/[^\s?#\\]*)?$/i.test(value)) return undefined;
    const url = parseUrl(value);
    return url === undefined ? undefined : url.origin + url.pathname.replace(/\/+$/, '');
  },
  format: plain,
};

/** The origin of an HTTP or HTTPS server, without the slash at the end. */
export const webOrigin: ValueType<string> = {
  name: 'URL',
  accepts:
    'http:// or https://, a host and an optional port, such as https://s3.example.com:9000, without path, query or user',
  parse: (value) => {
    if (!/^https?:\/\/[^\s/?#@\\]+\/?$/i.test(value)) return undefined;
    const url = parseUrl(value);
    return url === undefined || url.port === '0' ? undefined : url.origin;
  },
  format: plain,
};

/** A bucket of an object store. */
export const bucketAddress: ValueType<S3Address> = {
  name: 'URL',
  accepts: 's3:// and a bucket, optionally with a prefix, such as s3://updates or s3://updates/bundles',
  parse: parseS3Address,
  format: formatS3Address,
};

/**
 * The address of a PostgreSQL database. Only the code that connects reads its parts, because only that code knows all
 * of its forms.
 */
export const databaseAddress: ValueType<string> = {
  name: 'URL',
  accepts:
    'postgres://user:password@host:5432/name, with sslmode and sslrootcert as its only other parameters',
  parse: (value) => (/^postgres(ql)?:\/\//.test(value) && URL.canParse(value) ? value : undefined),
  format: plain,
};

function parseUrl(value: string): URL | undefined {
  return URL.canParse(value) ? new URL(value) : undefined;
}

function parsePort(value: string): number | undefined {
  return /^\d{1,5}$/.test(value) && Number(value) <= 65535 ? Number(value) : undefined;
}

/** A TCP port; 0 lets the system choose. */
export const port: ValueType<number> = {
  name: 'port',
  accepts: 'a whole number from 0 (any free port) to 65535',
  parse: parsePort,
  format: plain,
};

const hostLabel = '[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?';
const hostPattern = new RegExp(`^(?=.{1,253}$)${hostLabel}(\\.${hostLabel})*$`);

/** An IP address or host name (RFC 1123 section 2.1; underscores as people use them). Four bad octets are not a name. */
function parseHost(value: string): string | undefined {
  if (isIP(value) !== 0) return value;
  return hostPattern.test(value) && !/^[\d.]+$/.test(value) ? value.toLowerCase() : undefined;
}

export const host: ValueType<string> = {
  name: 'address',
  accepts: 'an IP address or host name, such as 127.0.0.1, :: or localhost, without port',
  parse: parseHost,
  format: plain,
};

/** A host, optionally followed by a colon and a port (an IPv6 address with a port is in brackets). */
function parseHostAndPort(value: string): string | undefined {
  if (parseHost(value) !== undefined) return parseHost(value);
  const [, name, address, digits = ''] = /^(?:([^:[\]]+)|\[([^\]]+)\]):(\d{1,5})$/.exec(value) ?? [];
  if (parsePort(digits) === undefined) return undefined;
  if (address !== undefined) return isIP(address) === 6 ? value.toLowerCase() : undefined;
  return name !== undefined && parseHost(name) !== undefined ? value.toLowerCase() : undefined;
}

export const hosts = listOf(
  'names',
  ',',
  'host names separated by commas, with or without a port, such as updates.lan,ota.example.com:8080',
  parseHostAndPort,
);

/** An address, or a network such as `10.0.0.0/8`. */
function parseNetwork(value: string): string | undefined {
  const [, address = '', prefix] = /^([0-9a-f.:]+?)(?:\/(\d{1,3}))?$/i.exec(value) ?? [];
  const longest = { 4: 32, 6: 128 }[isIP(address)];
  return longest === undefined || Number(prefix ?? 0) > longest ? undefined : value.toLowerCase();
}

export const networks = listOf(
  'networks',
  ',',
  'IP addresses or networks separated by commas, such as 127.0.0.1,10.1.0.0/16',
  parseNetwork,
);

/** The hash of an issuer as OpenSSL prints it, or any word that a proxy sends in its place. */
function parseAuthority(value: string): string | undefined {
  return /^[A-Za-z0-9._:=-]{1,128}$/.test(value) ? value.toLowerCase() : undefined;
}

export const authorities = listOf(
  'issuers',
  ',',
  'issuer hashes separated by commas, such as 8ba2d3c1,1c4e5f60',
  parseAuthority,
);
