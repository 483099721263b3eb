import type { Check, CheckReport } from '../check';
import type { Installation } from '../installation';

export interface PortsFacts {
  /** Such as `127.0.0.1 port 8080`. */
  readonly admin: string;
  readonly device: string;
  readonly installation: Pick<Installation, 'listeners'>;
}

/** Whether both listeners answer, or neither, and no other program uses their ports. */
export function portsCheck({ admin, device, installation }: PortsFacts): Check {
  return {
    name: 'ports',
    async run(report) {
      const found = await installation.listeners();
      const parts = [
        { at: admin, what: 'admin listener', option: 'ADMIN_PORT', answer: found.admin },
        { at: device, what: 'device listener', option: 'DEVICE_PORT', answer: found.device },
      ];
      for (const { at, option, answer } of parts) {
        if (answer.kind === 'stranger') tellStranger(report, at, option, answer.does);
      }
      const silent = parts.filter(({ answer }) => answer.kind === 'silent');
      const isRunning = parts.some(({ answer }) => answer.kind === 'greeted');
      if (!isRunning && silent.length > 0)
        report.skip('no server is running here, so its listeners were not checked');
      if (!isRunning) return;
      for (const { at, what, answer } of silent) {
        const code = answer.kind === 'silent' ? answer.code : '';
        report.error(
          at,
          `the ${what} does not answer (${code}), but the server is running`,
          'Run doctor with the same options as the server, and check the firewall on this machine.',
        );
      }
    },
  };
}

function tellStranger(report: CheckReport, at: string, option: string, does: string): void {
  const remedy = `Stop the program that has this port, or choose another with ${option}.`;
  report.error(at, `another program answers there: it ${does}`, remedy);
}
