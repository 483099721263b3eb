import { askedNameLifetimeMs, hostOption } from '../../../core/server-certificate';
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
        report.skip('there is no server certificate');
        return;
      }
      const { path, names } = own;
      if (serverHost !== null) {
        if (!covers(names, serverHost)) {
          const message = `it does not cover ${serverHost}, the host of SERVER_URL`;
          report.error(path, message, `Add it: cert server ${hostOption(serverHost)} --force.`);
        }
        if (!(await probes.resolves(serverHost))) {
          const message = `${serverHost} cannot be resolved on this machine`;
          report.warning('SERVER_URL', message, 'Check the name in your DNS, as devices see it.');
        }
      }
      const database = await installation.database();
      const asked = database.kind === 'read' ? database.askedNames : [];
      const oldestMs = now().getTime() - askedNameLifetimeMs;
      const missed = asked.filter(
        ({ name, askedAt }) => askedAt.getTime() >= oldestMs && name !== serverHost && !covers(names, name),
      );
      for (const { name } of missed) {
        const message = `it does not cover ${name}, which devices asked for in the last days`;
        report.error(path, message, `Add it: cert server ${hostOption(name)} --force.`);
      }
    },
  };
}
