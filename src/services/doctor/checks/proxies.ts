import { finding } from '../../../core/reasons/doctor/sentences';
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
      else if (ports.adminHosts.length > 0) report.skip('no-proxy-address');
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
    const why = found.kind === 'silent' ? { code: found.code, does: null } : { code: null, does: found.does };
    report.warning('SERVER_URL', finding('server-url-unreachable', { host: at.host, port: at.port, ...why }));
    return;
  }
  const { device } = await installation.listeners();
  if (device.kind !== 'greeted' || device.fingerprint === found.fingerprint) return;
  report.error('SERVER_URL', finding('proxy-terminates-tls', { host: at.host, port: at.port }));
}

async function checkAdminWay(url: string, ports: ProxiesPorts, report: CheckReport): Promise<void> {
  const found = await ports.probes.greetProxy(url, ports.uploadLimitBytes);
  if (found.kind === 'silent') {
    report.error(url, finding('proxy-silent', { code: found.code }));
    return;
  }
  if (found.kind === 'stranger') {
    report.error(url, finding('proxy-leads-elsewhere', { does: found.does }));
    return;
  }
  if (found.statusWithoutToken === 200) {
    report.error(url, finding('proxy-lets-everyone-in'));
  }
  if (found.statusOfUpload === 413) {
    report.error(url, finding('proxy-limits-uploads'));
  }
}
