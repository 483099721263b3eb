import type { Command } from 'commander';
import type { ListedCertificate } from '../../core/certificate';
import { listedCertificateJson } from './certificate-json';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath } from '../kernel/context';
import { formatDay, formatTable } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';

export function addCertList(cert: Command, context: CliContext): void {
  addCommand(cert, context, {
    usage: 'list',
    summary: 'list the certificates of the folder',
    configKeys: ['certsDir'],
    examples: ['cert list', 'cert list --json'],
    run: async ({ options, config }) => {
      const certificates = await context.wiring.certificates(config).list();
      if (options.json === true)
        printJson(context, { certificates: certificates.map(listedCertificateJson) });
      else print(context, table(context, certificates));
      return 0;
    },
  });
}

function table(context: CliContext, certificates: readonly ListedCertificate[]): string {
  const rows = certificates.map(({ certificate, revokedAt, path }) => [
    certificate.commonName,
    certificate.role,
    markedState(certificateState(certificate.notAfter, revokedAt, context.surroundings.now())),
    formatDay(certificate.notAfter),
    certificate.keyAlgorithm,
    certificate.serial,
    shownPath(context, path),
  ]);
  return formatTable(['NAME', 'ROLE', 'STATE', 'VALID UNTIL', 'KEY', 'SERIAL', 'FILE'], rows);
}

/** Its state, as code; revocation weighs more than expiry. */
export function certificateState(notAfter: Date, revokedAt: Date | null, now: Date) {
  if (revokedAt !== null) return 'revoked';
  return notAfter < now ? 'expired' : 'valid';
}
