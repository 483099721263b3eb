import type { Command } from 'commander';
import type { ListedCertificate } from '../../core/certificate';
import { listedCertificateJson } from './certificate-json';
import { certificateState } from './cert-list';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath } from '../kernel/context';
import { judgingFile } from '../kernel/input-file';
import { formatFacts, formatInstant } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';

export function addCertShow(cert: Command, context: CliContext): void {
  addCommand(cert, context, {
    usage: 'show <which>',
    summary: 'show certificates by device id, serial, "ca", "server" or path to a PEM file',
    configKeys: ['certsDir'],
    examples: ['cert show board-1', 'cert show server', 'cert show ./downloaded.crt --json'],
    run: async ({ args: [which = ''], options, config }) => {
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
