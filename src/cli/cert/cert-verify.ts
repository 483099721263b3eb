import type { Command } from 'commander';
import type { Config } from '../../config/config';
import { verificationJson, type VerificationJson } from '../../contract/certificate';
import type { Read } from '../../contract/reader';
import { presentVerification } from '../../contract/present-why';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, type ExitCode, print, printJson, shownPath, talk } from '../kernel/context';
import { formatTable } from '../kernel/printable';
import { isRemote, type RemoteFlags, remoteKeys, remoteOption } from '../kernel/remote';
import { parseAnswer } from '../kernel/server-answer';

export function addCertVerify(cert: Command, context: CliContext): void {
  addCommand<RemoteFlags>(cert, context, {
    usage: 'verify',
    summary: 'check the certificates folder: chains, expiry, keys, file modes',
    details:
      "Exits with 1 if there is an error, with 0 if there are only warnings and notes. A note gives the earliest time at which a board's clock accepts the CA or server certificate, if that is later than 1970.",
    options: [remoteOption],
    configKeys: ['certsDir', ...remoteKeys],
    examples: [
      'cert verify',
      'cert verify --certs-dir /srv/rauc/certs --json',
      'cert verify --remote --server https://admin.example.com',
    ],
    run: async ({ options, config }) => {
      if (isRemote(options, config)) return verifyRemotely(context, config, options.json === true);
      const verification = presentVerification(await context.wiring.certificates(config).verify());
      const { ok, findings } = verification;
      if (options.json === true) {
        printJson(context, verification);
      } else if (findings.length === 0) {
        talk(context, `no problems found in ${shownPath(context, config.certsDir)}`);
      } else {
        printFindings(
          context,
          findings.map((finding) => ({ ...finding, path: shownPath(context, finding.path) })),
        );
      }
      return ok ? 0 : 1;
    },
  });
}

/** Lets a running server check its own folder. */
async function verifyRemotely(context: CliContext, config: Config, isJson: boolean): Promise<ExitCode> {
  const client = await AdminClient.open(context, config);
  const answer = await client.get('/api/certificates/verification');
  const { ok, findings } = parseAnswer(verificationJson, answer);
  if (isJson) printJson(context, answer);
  else if (findings.length === 0) talk(context, 'no problems found in the certificates folder of the server');
  else printFindings(context, findings);
  return ok ? 0 : 1;
}

function printFindings(context: CliContext, findings: Read<VerificationJson>['findings']): void {
  const rows = findings.map(({ severity, path, message, remedy }) => [severity, path, message, remedy]);
  print(context, formatTable(['SEVERITY', 'FILE', 'WHAT', 'WHAT TO DO'], rows));
}
