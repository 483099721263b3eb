import type { Command } from 'commander';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { formatTable } from '../kernel/printable';

export function addCertVerify(cert: Command, context: CliContext): void {
  addCommand(cert, context, {
    usage: 'verify',
    summary: 'check the whole folder: chain, expiry, keys, file modes',
    details:
      'Exit code 1 when there is an error; warnings and notes alone are 0. A note says from which clock on boards accept a certificate of the CA or the server, where that is later than 1970.',
    configKeys: ['certsDir'],
    examples: ['cert verify', 'cert verify --certs-dir /srv/rauc/certs --json'],
    run: async ({ options, config }) => {
      const findings = await context.wiring.certificates(config).verify();
      const isGood = !findings.some(({ severity }) => severity === 'error');
      if (options.json === true) {
        printJson(context, { ok: isGood, findings });
      } else if (findings.length === 0) {
        talk(context, `nothing to complain about in ${shownPath(context, config.certsDir)}`);
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
