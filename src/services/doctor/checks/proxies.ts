import type { DeviceTls, Endpoint, ProbeListeners } from '../../../ports/listener-probes';
import type { Check, CheckReport } from '../check';
import type { Installation } from '../installation';

export interface ProxiesPorts {
  /** Where SERVER_URL leads; `null` when it is not set. */
  readonly serverEndpoint: Endpoint | null;
  /** Address of the admin listener through a proxy; `null` when none was given. */
  readonly adminProxy: string | null;
  /** ADMIN_HOSTS: names that people use for the admin listener. */
  readonly adminHosts: readonly string[];
  readonly uploadLimitBytes: number;
  readonly installation: Pick<Installation, 'listeners' | 'serverCertificate' | 'deviceTls'>;
  readonly probes: Pick<ProbeListeners, 'greetDevices' | 'greetProxy'>;
}

/** What is in front of the listeners. */
export function proxiesCheck(ports: ProxiesPorts): Check {
  return {
    name: 'proxies',
    async run(report) {
      const { admin, device } = await ports.installation.listeners();
      if (device.kind === 'greeted' && ports.serverEndpoint !== null) {
        const { ca } = await ports.installation.deviceTls();
        await checkDeviceWay(ports.serverEndpoint, { ca, client: null }, ports, report);
      }
      if (admin.kind !== 'greeted') return;
      if (ports.adminProxy !== null) await checkAdminWay(ports.adminProxy, ports, report);
      else if (ports.adminHosts.length > 0)
        report.skip('to check the proxy, pass the address that people use with --server');
    },
  };
}

async function checkDeviceWay(
  at: Endpoint,
  tls: DeviceTls,
  { probes, installation }: ProxiesPorts,
  report: CheckReport,
): Promise<void> {
  const found = await probes.greetDevices(at, tls);
  if (found.kind !== 'greeted') {
    const why = found.kind === 'silent' ? found.code : `it ${found.does}`;
    const message = `${at.host} port ${at.port} cannot be reached from here (${why})`;
    const remedy =
      'Try it from the network of your devices, because some routers do not route back in. Then fix the forwarding.';
    report.warning('SERVER_URL', message, remedy);
    return;
  }
  const { device } = await installation.listeners();
  if (device.kind !== 'greeted' || device.fingerprint === found.fingerprint) return;
  report.error(
    'SERVER_URL',
    `${at.host} port ${at.port} shows a different certificate than the server: a proxy terminates TLS there, so devices cannot present theirs`,
    'Let the proxy forward TCP unchanged (`stream` in nginx), or point SERVER_URL to the server itself.',
  );
}

const recipes = 'docs/reverse-proxy.md has tested configurations.';

async function checkAdminWay(url: string, ports: ProxiesPorts, report: CheckReport): Promise<void> {
  const found = await ports.probes.greetProxy(url, ports.uploadLimitBytes);
  if (found.kind === 'silent') {
    report.error(url, `nothing answers there (${found.code})`, `Check the address and the proxy. ${recipes}`);
    return;
  }
  if (found.kind === 'stranger') {
    report.error(
      url,
      `it ${found.does}`,
      `Check where the proxy forwards requests, and that ADMIN_HOSTS contains this name. ${recipes}`,
    );
    return;
  }
  if (found.statusWithoutToken === 200) {
    report.error(
      url,
      'everyone who reaches it is treated as an administrator, because the server cannot distinguish the proxy from a program on this machine',
      `Set ADMIN_REQUIRE_TOKEN=true, or let the proxy send X-Forwarded-For. ${recipes}`,
    );
  }
  if (found.statusOfUpload === 413) {
    report.error(
      url,
      "the proxy's size limit is lower than the server's",
      'Raise its limit: client_max_body_size in nginx, max_size of request_body in Caddy.',
    );
  }
}
