import { askedNameLifetimeMs } from '../../../core/server-certificate';
import { finding } from '../../../core/reasons/doctor/sentences';
import type { Clock } from '../../../ports/clock';
import type { ProbeListeners } from '../../../ports/listener-probes';
import type { Check } from '../check';
import type { Installation } from '../installation';

export interface NamesPorts {
  /** The host in SERVER_URL, without brackets; `null` when it is not set. */
  readonly serverHost: string | null;
  readonly installation: Pick<Installation, 'serverCertificate' | 'database'>;
  readonly probes: Pick<ProbeListeners, 'resolves'>;
  /** Whether a certificate with such names covers a host. */
  readonly covers: (names: readonly string[], host: string) => boolean;
  readonly now: Clock;
}

/** Whether the server's certificate has the names that devices use, and the name resolves. */
export function namesCheck({ serverHost, installation, probes, covers, now }: NamesPorts): Check {
  return {
    name: 'names',
    async run(report) {
      const own = await installation.serverCertificate();
      if (own === null) {
        report.skip('no-server-certificate');
        return;
      }
      const { path, names } = own;
      if (serverHost !== null) {
        if (!covers(names, serverHost)) {
          report.error(path, finding('server-host-not-covered', { host: serverHost }));
        }
        if (!(await probes.resolves(serverHost))) {
          report.warning('SERVER_URL', finding('server-host-unresolved', { host: serverHost }));
        }
      }
      const database = await installation.database();
      const asked = database.kind === 'read' ? database.askedNames : [];
      const oldestMs = now().getTime() - askedNameLifetimeMs;
      const missed = asked.filter(
        ({ name, askedAt }) => askedAt.getTime() >= oldestMs && name !== serverHost && !covers(names, name),
      );
      for (const { name } of missed) {
        report.error(path, finding('asked-name-not-covered', { host: name }));
      }
    },
  };
}
