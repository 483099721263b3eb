import { finding } from '../../../core/reasons/doctor/sentences';
import type { Check } from '../check';
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
        { at: admin, listener: 'admin', option: 'ADMIN_PORT', answer: found.admin },
        { at: device, listener: 'device', option: 'DEVICE_PORT', answer: found.device },
      ] as const;
      for (const { at, option, answer } of parts) {
        if (answer.kind === 'stranger')
          report.error(at, finding('port-of-another-program', { does: answer.does, option }));
      }
      const silent = parts.filter(({ answer }) => answer.kind === 'silent');
      const isRunning = parts.some(({ answer }) => answer.kind === 'greeted');
      if (!isRunning && silent.length > 0) report.skip('no-server');
      if (!isRunning) return;
      for (const { at, listener, answer } of silent) {
        const code = answer.kind === 'silent' ? answer.code : '';
        report.error(at, finding('listener-silent', { listener, code }));
      }
    },
  };
}
