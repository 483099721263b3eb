import { type Command, Option } from 'commander';
import { refusedCertificateJson } from '../../contract/refused-certificate';
import { z } from 'zod';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, printJson, talk } from '../kernel/context';
import { printTable } from '../kernel/print-table';
import { parseAnswer } from '../kernel/server-answer';

const shown = z.object({
  certificates: z.array(
    refusedCertificateJson
      .pick({ subject: true, serial: true, issuer: true, reason: true, address: true, count: true })
      .extend({ last_at: z.string() }),
  ),
  total: z.number(),
});
const limit = 1_000;
const columns = ['SUBJECT', 'SERIAL', 'ISSUER', 'ADDRESS', 'TIMES', 'LAST', 'REASON'];

export function addCertRefused(cert: Command, context: CliContext): void {
  addCommand<{ readonly search?: string }>(cert, context, {
    usage: 'refused',
    summary: 'list the certificates that a running server refused since its start, and why',
    details: 'With --json each has a remedy. Those that a CA of the server signed come first.',
    options: [
      new Option(
        '--search <text>',
        'part of the subject, the serial, the issuer, the fingerprint or the address',
      ),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['cert refused', 'cert refused --search board-1 --json'],
    run: async ({ options, config }) => {
      const query = new URLSearchParams({ limit: String(limit) });
      if (options.search !== undefined) query.set('search', options.search);
      const client = await AdminClient.open(context, config);
      const answer = await client.get(`/api/refused-certificates?${query.toString()}`);
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { certificates, total } = parseAnswer(shown, answer);
      const rows = certificates.map((one) => [
        one.subject,
        one.serial,
        one.issuer,
        one.address ?? '-',
        String(one.count),
        one.last_at,
        one.reason,
      ]);
      printTable(context, columns, rows, 'no certificate was refused');
      if (total > certificates.length)
        talk(context, `${certificates.length} of ${total} are shown; look for others with --search`);
      return 0;
    },
  });
}
