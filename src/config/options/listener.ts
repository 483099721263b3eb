import { period } from '../value-types/amount';
import { choice, flag } from '../value-types/choice';
import { authorities, host, hosts, networks, port } from '../value-types/network';
import { server, serverOptional } from './option';

/** Where the listeners bind, and who may connect. */
export const listenerOptions = {
  deviceHost: server(
    'DEVICE_HOST',
    host,
    '::',
    'Address that the device listener binds to. `::` means all IPv6 and IPv4 addresses.',
  ),
  devicePort: server('DEVICE_PORT', port, '8443', 'Port of the device listener; 0 picks a free one.'),
  adminHost: server(
    'ADMIN_HOST',
    host,
    '127.0.0.1',
    'Address that the admin listener binds to. An address other than loopback requires an admin token.',
  ),
  adminPort: server('ADMIN_PORT', port, '8080', 'Port of the admin listener; 0 picks a free one.'),
  adminHosts: server(
    'ADMIN_HOSTS',
    hosts,
    '',
    "Additional host names that browsers may use to reach the admin listener, such as a reverse proxy's, separated by commas. Include the port unless it is the default.",
  ),
  adminRequireToken: server(
    'ADMIN_REQUIRE_TOKEN',
    flag,
    'false',
    'Require an admin token for every request, even from this machine. Otherwise requests through a proxy need one, and all requests do once `ADMIN_HOST` is not loopback or `ADMIN_HOSTS` is set.',
  ),
  trustedProxies: server(
    'TRUSTED_PROXIES',
    networks,
    '',
    "Addresses or networks of reverse proxies, separated by commas. Their `X-Forwarded-For` header identifies the client in the journal and for rate limits, and their own connections do not count toward limits per address. Their `X-Forwarded-Proto` header says whether the client's connection is encrypted, which a device kit with a private key requires. Neither replaces a token. For hawkBit's clients, these proxies also determine the links in answers and may vouch for devices: see `HAWKBIT_AUTHORITIES`.",
  ),
  proxyProtocolFrom: server(
    'PROXY_PROTOCOL_FROM',
    networks,
    '',
    "Addresses or networks of TCP load balancers in front of the device listener that send version 2 of the PROXY protocol, separated by commas. Its header gives the device's address for the journal and for rate limits. Connections from these addresses must begin with it; from others it is refused.",
  ),
  hawkbitPort: serverOptional(
    'HAWKBIT_PORT',
    port,
    "Port of the listener for hawkBit's clients that have a token rather than a certificate (`rauc-hawkbit-updater`, SWUpdate); 0 picks a free one. Off unless set.",
  ),
  hawkbitHost: server(
    'HAWKBIT_HOST',
    host,
    '::',
    "Address that the listener for hawkBit's clients binds to.",
  ),
  hawkbitScheme: server(
    'HAWKBIT_SCHEME',
    choice('https', 'http'),
    'https',
    "Whether the listener for hawkBit's clients uses the server certificate, or plain HTTP for a reverse proxy on this machine or a lab. Plain HTTP requires a loopback `HAWKBIT_HOST`, because it does not protect tokens.",
  ),
  hawkbitAuthorities: server(
    'HAWKBIT_AUTHORITIES',
    authorities,
    '',
    "Issuer hashes, separated by commas, as printed by `openssl x509 -noout -issuer_hash`. A proxy in `TRUSTED_PROXIES` that sends one of them as `X-Authority` vouches for the device that it names in `X-Controller-Id`. Only for hawkBit's clients.",
  ),
  sessionLifetime: {
    ...server(
      'SESSION_LIFETIME',
      period,
      '12h',
      'How long a browser stays signed in. Revoking the token ends the session at once.',
    ),
    unit: 'milliseconds',
  },
} as const;
