import type { Check } from '../check';
import type { Installation } from '../installation';

export interface HandshakePorts {
  /** Such as `127.0.0.1 port 8443`. */
  readonly at: string;
  readonly installation: Pick<Installation, 'listeners' | 'serverCertificate'>;
}

/** What a device meets at the running device listener: a real handshake and a request. */
export function handshakeCheck({ at, installation }: HandshakePorts): Check {
  return {
    name: 'handshake',
    async run(report) {
      const { device } = await installation.listeners();
      if (device.kind !== 'greeted') return;
      const { chainProblem, fingerprint, answer } = device;
      if (chainProblem !== null) {
        const message = `devices refuse the certificate that the server shows: ${chainProblem}`;
        report.error(at, message, 'Create a new one with: cert server --force.');
      }
      const own = await installation.serverCertificate();
      if (own !== null && own.fingerprint !== fingerprint) {
        const message = 'the server uses a different certificate than server.crt';
        const remedy =
          'Check whether "attention list" says that the new one is held back. Otherwise restart the server, and run doctor with the same CERTS_DIR.';
        report.warning(at, message, remedy);
      }
      if (answer === null) {
        report.skip('the CA key is not here, so no device certificate was tested');
      } else if ('refusal' in answer) {
        const message = `the server refuses a new device certificate of this CA: ${answer.refusal}`;
        report.error(at, message, 'Restart the server, so that it trusts the current ca.crt.');
      } else if (answer.status !== 200) {
        const message = `a device that requests /health gets HTTP ${answer.status}`;
        report.error(at, message, "Check the server's log.");
      }
    },
  };
}
