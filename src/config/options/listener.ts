import { period } from '../value-types/amount';
import { flag } from '../value-types/choice';
import { host, hosts, networks, port } from '../value-types/network';
import { server } from './option';

/** Where the listeners bind, and who may come. */
export const listenerOptions = {
  deviceHost: server(
    'DEVICE_HOST',
    host,
    '::',
    'Address that the device listener binds to: `::` is every address, IPv6 and IPv4.',
  ),
  devicePort: server('DEVICE_PORT', port, '8443', 'Port of the device listener; 0 for any free one.'),
  adminHost: server(
    'ADMIN_HOST',
    host,
    '127.0.0.1',
    'Address that the admin listener binds to. Off loopback it needs an admin token.',
  ),
  adminPort: server('ADMIN_PORT', port, '8080', 'Port of the admin listener; 0 for any free one.'),
  adminHosts: server(
    'ADMIN_HOSTS',
    hosts,
    '',
    'Further names by which browsers may reach the admin listener, such as that of a reverse proxy, with its port if that is not the usual one; separated by commas.',
  ),
  adminRequireToken: server(
    'ADMIN_REQUIRE_TOKEN',
    flag,
    'false',
    'Ask everybody for an admin token, also programs on this machine. Without it those that come through a proxy need one, and everybody does once `ADMIN_HOST` is off loopback or `ADMIN_HOSTS` is set.',
  ),
  trustedProxies: server(
    'TRUSTED_PROXIES',
    networks,
    '',
    'Addresses or networks of proxies in front of the server, separated by commas: their `X-Forwarded-For` names the client in the journal and for limits, and limits by address do not count their connections; their `X-Forwarded-Proto` says whether a device kit with a private key travels encrypted. It never replaces a token.',
  ),
  sessionLifetime: {
    ...server(
      'SESSION_LIFETIME',
      period,
      '12h',
      'How long a browser that signed in with a token stays signed in. Revoking the token ends it at once.',
    ),
    unit: 'milliseconds',
  },
} as const;
