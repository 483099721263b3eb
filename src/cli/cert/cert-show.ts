import type { Command } from 'commander';
import type { ListedCertificate } from '../../core/certificate';
import { listedCertificateJson } from './certificate-json';
import { certificateState } from './cert-list';
import { type RemoteShown, showRemote } from './remote-show';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath } from '../kernel/context';
import { judgingFile } from '../kernel/input-file';
import { formatFacts, formatInstant } from '../kernel/printable';
import { isRemote, type RemoteFlags, remoteKeys, remoteOption } from '../kernel/remote';
import { markedState } from '../kernel/state-mark';

export function addCertShow(cert: Command, context: CliContext): void {
  addCommand<RemoteFlags>(cert, context, {
    usage: 'show <which>',
    summary: 'show certificates by device id, serial, "ca", "server" or path to a PEM file',
    details:
      'With --remote it shows what a running server knows about them, by device id, serial, "ca" or "server".',
    options: [remoteOption],
    configKeys: ['certsDir', ...remoteKeys],
    examples: [
      'cert show board-1',
      'cert show server',
      'cert show ./downloaded.crt --json',
      'cert show board-1 --remote --server https://admin.example.com',
    ],
    run: async ({ args: [which = ''], options, config }) => {
      if (isRemote(options, config)) {
        const certificates = await showRemote(await AdminClient.open(context, config), which);
        if (options.json === true) printJson(context, { certificates });
        else print(context, certificates.map((one) => remoteFacts(context, one)).join('\n\n'));
        return 0;
      }
      const certificates = await judgingFile(which, () => context.wiring.certificates(config).show(which));
      if (options.json === true)
        printJson(context, { certificates: certificates.map(listedCertificateJson) });
      else print(context, certificates.map((listed) => facts(context, listed)).join('\n\n'));
      return 0;
    },
  });
}

function facts(context: CliContext, { certificate, path, hasKey, revokedAt }: ListedCertificate): string {
  const { names, compatibles } = certificate;
  return formatFacts([
    ['Name', certificate.commonName],
    ['Role', certificate.role],
    ['State', markedState(certificateState(certificate.notAfter, revokedAt, context.surroundings.now()))],
    ['Subject', certificate.subject],
    ['Issuer', certificate.issuer],
    ['Serial', certificate.serial],
    ['Valid from', formatInstant(certificate.notBefore)],
    ['Valid until', formatInstant(certificate.notAfter)],
    ...(revokedAt === null ? [] : [['Revoked', formatInstant(revokedAt)] as const]),
    ['Key', `${certificate.keyAlgorithm}${hasKey ? ', private key here' : ''}`],
    ...(names.length === 0 ? [] : [['Names', names.join(', ')] as const]),
    ...(compatibles.length === 0 ? [] : [['Bound to', compatibles.join(', ')] as const]),
    ['SHA-256', certificate.fingerprint],
    ['File', shownPath(context, path)],
  ]);
}

function remoteFacts(context: CliContext, shown: RemoteShown): string {
  const { role, serial, revoked_at: revokedAt } = shown;
  const notAfter = new Date(shown.not_after);
  const revoked = revokedAt === null ? null : new Date(revokedAt);
  return formatFacts([
    ...('device' in shown ? [['Name', shown.device] as const] : []),
    ['Role', role],
    ['State', markedState(certificateState(notAfter, revoked, context.surroundings.now()))],
    ...('subject' in shown ? [['Subject', shown.subject] as const] : []),
    ['Serial', serial],
    ...('not_before' in shown ? [['Valid from', formatInstant(new Date(shown.not_before))] as const] : []),
    ['Valid until', formatInstant(notAfter)],
    ...(revoked === null ? [] : [['Revoked', formatInstant(revoked)] as const]),
    ...('names' in shown ? [['Names', shown.names.join(', ')] as const] : []),
    ...('fingerprint' in shown ? [['SHA-256', shown.fingerprint] as const] : []),
  ]);
}
