import { hostOption } from '../../server-certificate';
import type { Findings } from './doctor-words';

const recipes = 'docs/reverse-proxy.md has tested configurations.';

/** The names of listeners. */
const listeners = { admin: 'admin listener', device: 'device listener' } as const;

interface Host {
  host: string;
}

interface Endpoint extends Host {
  port: number;
}

function addName({ host }: Host): string {
  return `Add it: cert server ${hostOption(host)} --force.`;
}

/** Findings about listeners and how devices reach them, names and proxies. */
export const networkFindings = {
  'port-of-another-program': {
    says: ({ does }: { does: string; option: string }) => `another program answers there: it ${does}`,
    remedy: ({ option }: { option: string }) =>
      `Stop the program that has this port, or choose another with ${option}.`,
  },
  'listener-silent': {
    says: ({ listener, code }: { listener: keyof typeof listeners; code: string }) =>
      `the ${listeners[listener]} does not answer (${code}), but the server is running`,
    remedy: 'Run doctor with the same options as the server, and check the firewall on this machine.',
  },
  'certificate-refused-by-devices': {
    says: ({ why }: { why: string }) => `devices refuse the certificate that the server shows: ${why}`,
    remedy: 'Create a new one with: cert server --force.',
  },
  'certificate-not-in-use': {
    says: () => 'the server uses a different certificate than server.crt',
    remedy:
      'Check whether "attention list" says that the new one is held back. Otherwise restart the server, and run doctor with the same CERTS_DIR.',
  },
  'device-certificate-refused': {
    says: ({ why }: { why: string }) => `the server refuses a new device certificate of this CA: ${why}`,
    remedy: 'Restart the server, so that it trusts the current ca.crt.',
  },
  'health-not-answered': {
    says: ({ status }: { status: number }) => `a device that requests /health gets HTTP ${status}`,
    remedy: "Check the server's log.",
  },
  'server-host-not-covered': {
    says: ({ host }: Host) => `it does not cover ${host}, the host of SERVER_URL`,
    remedy: addName,
  },
  'asked-name-not-covered': {
    says: ({ host }: Host) => `it does not cover ${host}, which devices asked for recently`,
    remedy: addName,
  },
  'server-host-unresolved': {
    says: ({ host }: Host) => `${host} cannot be resolved on this machine`,
    remedy: 'Check the name in your DNS, as devices see it.',
  },
  /** `code` is the error code of the connection, `does` what another program there does; one of the two is `null`. */
  'server-url-unreachable': {
    says: ({ host, port, code, does }: Endpoint & { code: string | null; does: string | null }) =>
      `${host} port ${port} cannot be reached from here (${does === null ? (code ?? '') : `it ${does}`})`,
    remedy:
      'Try it from the network of your devices, because some routers do not route back in. Then fix the forwarding.',
  },
  'proxy-terminates-tls': {
    says: ({ host, port }: Endpoint) =>
      `${host} port ${port} shows a different certificate than the server: a proxy terminates TLS there, so devices cannot present theirs`,
    remedy:
      'Let the proxy forward TCP unchanged (`stream` in nginx), or point SERVER_URL to the server itself.',
  },
  'proxy-silent': {
    says: ({ code }: { code: string }) => `nothing answers there (${code})`,
    remedy: `Check the address and the proxy. ${recipes}`,
  },
  'proxy-leads-elsewhere': {
    says: ({ does }: { does: string }) => `it ${does}`,
    remedy: `Check where the proxy forwards requests, and that ADMIN_HOSTS contains this name. ${recipes}`,
  },
  'proxy-lets-everyone-in': {
    says: () =>
      'everyone who reaches it is treated as an administrator, because the server cannot distinguish the proxy from a program on this machine',
    remedy: `Set ADMIN_REQUIRE_TOKEN=true, or let the proxy send X-Forwarded-For. ${recipes}`,
  },
  'proxy-limits-uploads': {
    says: () => "the proxy's size limit is lower than the server's",
    remedy: 'Raise its limit: client_max_body_size in nginx, max_size of request_body in Caddy.',
  },
} satisfies Findings;
