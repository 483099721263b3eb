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
    summary: 'list the certificates that a running server has refused since it started, and why',
    details: "Certificates signed by one of the server's CAs come first. With --json each has a remedy.",
    options: [
      new Option('--search <text>', 'match part of the subject, serial, issuer, fingerprint or address'),
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
      printTable(context, columns, rows, 'no certificates were refused');
      if (total > certificates.length)
        talk(context, `showing ${certificates.length} of ${total}; narrow the list with --search`);
      return 0;
    },
  });
}
