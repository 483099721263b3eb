import { type Command, Option } from 'commander';
import { compareNaturally } from '../../base/text/natural-order';
import type { ListedCertificate } from '../../core/certificate';
import { listedCertificateJson } from './certificate-json';
import { listRemote, type RemoteCertificate, remoteCertificates } from './remote-list';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, printJson, shownPath } from '../kernel/context';
import { printTable } from '../kernel/print-table';
import { formatDay } from '../kernel/printable';
import { isRemote, type RemoteFlags, remoteKeys, remoteOption } from '../kernel/remote';
import { markedState } from '../kernel/state-mark';

interface Flags extends RemoteFlags {
  readonly byExpiry?: boolean;
}

export function addCertList(cert: Command, context: CliContext): void {
  addCommand<Flags>(cert, context, {
    usage: 'list',
    summary: 'list the certificates in the folder, or those a running server knows',
    options: [new Option('--by-expiry', 'sort by expiry, soonest first'), remoteOption],
    configKeys: ['certsDir', ...remoteKeys],
    examples: [
      'cert list',
      'cert list --by-expiry',
      'cert list --json',
      'cert list --remote --server https://admin.example.com',
    ],
    run: async ({ options, config }) => {
      const isByExpiry = options.byExpiry === true;
      if (isRemote(options, config)) {
        const answer = await listRemote(await AdminClient.open(context, config), { isByExpiry });
        if (options.json === true) {
          printJson(context, answer);
          return 0;
        }
        const certificates = remoteCertificates(answer);
        const shown = isByExpiry ? byExpiry(certificates, ({ notAfter }) => notAfter) : certificates;
        printTable(context, remoteColumns, shown.map(remoteRow(context)));
        return 0;
      }
      const listed = inOrder(await context.wiring.certificates(config).list());
      const certificates = isByExpiry ? byExpiry(listed, ({ certificate }) => certificate.notAfter) : listed;
      if (options.json === true)
        printJson(context, { certificates: certificates.map(listedCertificateJson) });
      else printTable(context, columns, rowsOf(context, certificates));
      return 0;
    },
  });
}

function byExpiry<One>(certificates: readonly One[], endOf: (one: One) => Date): readonly One[] {
  return [...certificates].sort((a, b) => endOf(a).getTime() - endOf(b).getTime());
}

/** The CA's and the server's first, then devices by name. */
function inOrder(certificates: readonly ListedCertificate[]): readonly ListedCertificate[] {
  const isDevice = ({ certificate: { role } }: ListedCertificate) => role === 'device';
  const devices = certificates
    .filter(isDevice)
    .sort((a, b) => compareNaturally(a.certificate.commonName, b.certificate.commonName));
  return [...certificates.filter((one) => !isDevice(one)), ...devices];
}

const columns = ['NAME', 'ROLE', 'STATE', 'VALID UNTIL', 'KEY', 'SERIAL', 'FILE'];

function rowsOf(
  context: CliContext,
  certificates: readonly ListedCertificate[],
): readonly (readonly string[])[] {
  return certificates.map(({ certificate, revokedAt, path }) => [
    certificate.commonName,
    certificate.role,
    markedState(certificateState(certificate.notAfter, revokedAt, context.surroundings.now())),
    formatDay(certificate.notAfter),
    certificate.keyAlgorithm,
    certificate.serial,
    shownPath(context, path),
  ]);
}

const remoteColumns = ['NAME', 'ROLE', 'STATE', 'VALID UNTIL', 'SERIAL'];

const remoteRow =
  ({ surroundings }: CliContext) =>
  ({ name, role, serial, notAfter, revokedAt }: RemoteCertificate): readonly string[] => [
    name,
    role,
    markedState(certificateState(notAfter, revokedAt, surroundings.now())),
    formatDay(notAfter),
    serial,
  ];

/** The state as code; revocation takes precedence over expiry. */
export function certificateState(notAfter: Date, revokedAt: Date | null, now: Date) {
  if (revokedAt !== null) return 'revoked';
  return notAfter < now ? 'expired' : 'valid';
}
