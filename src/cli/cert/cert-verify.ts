import type { Command } from 'commander';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { formatTable } from '../kernel/printable';

export function addCertVerify(cert: Command, context: CliContext): void {
  addCommand(cert, context, {
    usage: 'verify',
    summary: 'check the certificates folder: chains, expiry, keys, file modes',
    details:
      "Exits with 1 if there is an error, with 0 if there are only warnings and notes. A note tells how early a board's clock may be and still accept the CA or server certificate, if that is later than 1970.",
    configKeys: ['certsDir'],
    examples: ['cert verify', 'cert verify --certs-dir /srv/rauc/certs --json'],
    run: async ({ options, config }) => {
      const findings = await context.wiring.certificates(config).verify();
      const isGood = !findings.some(({ severity }) => severity === 'error');
      if (options.json === true) {
        printJson(context, { ok: isGood, findings });
      } else if (findings.length === 0) {
        talk(context, `no problems found in ${shownPath(context, config.certsDir)}`);
      } else {
        const rows = findings.map(({ severity, path, message, remedy }) => [
          severity,
          shownPath(context, path),
          message,
          remedy,
        ]);
        print(context, formatTable(['SEVERITY', 'FILE', 'WHAT', 'WHAT TO DO'], rows));
      }
      return isGood ? 0 : 1;
    },
  });
}
