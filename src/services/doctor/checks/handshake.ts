import type { Check } from '../check';
import type { Installation } from '../installation';

export interface HandshakePorts {
  /** Such as `127.0.0.1 port 8443`. */
  readonly at: string;
  readonly installation: Pick<Installation, 'listeners' | 'serverCertificate'>;
}

/** What a device meets at the device listener that runs: a real handshake, and a question. */
export function handshakeCheck({ at, installation }: HandshakePorts): Check {
  return {
    name: 'handshake',
    async run(report) {
      const { device } = await installation.listeners();
      if (device.kind !== 'greeted') return;
      const { chainProblem, fingerprint, answer } = device;
      if (chainProblem !== null) {
        const message = `devices refuse the certificate that the server shows: ${chainProblem}`;
        report.error(at, message, 'Make a new one with: cert server --force.');
      }
      const own = await installation.serverCertificate();
      if (own !== null && own.fingerprint !== fingerprint) {
        const message = 'the server shows another certificate than the one in server.crt';
        const remedy =
          'See whether attention list says that it holds the new one back. Otherwise restart it, and give doctor the same CERTS_DIR.';
        report.warning(at, message, remedy);
      }
      if (answer === null) {
        report.skip('the key of the CA is not here: no device certificate was tried');
      } else if ('refusal' in answer) {
        const message = `the server refuses a new device certificate of this CA: ${answer.refusal}`;
        report.error(at, message, 'Restart the server, so that it trusts the ca.crt that is here.');
      } else if (answer.status !== 200) {
        const message = `a device that asks for /health gets HTTP ${answer.status}`;
        report.error(at, message, "Look at the server's log.");
      }
    },
  };
}
