import { finding } from '../../../core/reasons/doctor/sentences';
import type { Check } from '../check';
import type { Installation } from '../installation';

export interface HandshakePorts {
  /** Such as `127.0.0.1 port 8443`. */
  readonly at: string;
  readonly installation: Pick<Installation, 'listeners' | 'serverCertificate'>;
}

/** How the running device listener treats a device: a real handshake and a request. */
export function handshakeCheck({ at, installation }: HandshakePorts): Check {
  return {
    name: 'handshake',
    async run(report) {
      const { device } = await installation.listeners();
      if (device.kind !== 'greeted') return;
      const { chainProblem, fingerprint, answer } = device;
      if (chainProblem !== null) {
        report.error(at, finding('certificate-refused-by-devices', { why: chainProblem }));
      }
      const own = await installation.serverCertificate();
      if (own !== null && own.fingerprint !== fingerprint) {
        report.warning(at, finding('certificate-not-in-use'));
      }
      if (answer === null) {
        report.skip('no-ca-key');
      } else if ('refusal' in answer) {
        report.error(at, finding('device-certificate-refused', { why: answer.refusal }));
      } else if (answer.status !== 200) {
        report.error(at, finding('health-not-answered', { status: answer.status }));
      }
    },
  };
}
