import type { Command } from 'commander';
import { AdminClient } from './admin-client';
import { bundlesAnswer } from './bundle-answers';
import { addCommand } from './command';
import { type CliContext, print, printJson } from './context';
import { formatSize, formatTable } from './printable';
import { parseAnswer } from './server-answer';

export function addBundleList(bundle: Command, context: CliContext): void {
  addCommand(bundle, context, {
    usage: 'list',
    summary: 'list the bundles of a running server, newest first',
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['bundle list', 'bundle list --json --server https://updates.example.com'],
    run: async ({ options, config }) => {
      const client = await AdminClient.open(context, config);
      const answer = await client.get('/api/bundles');
      if (options.json === true) printJson(context, answer);
      else print(context, table(answer));
      return 0;
    },
  });
}

function table(answer: unknown): string {
  const rows = parseAnswer(bundlesAnswer, answer).bundles.map((bundle) => [
    bundle.name,
    bundle.compatible ?? '-',
    bundle.version ?? '-',
    bundle.format ?? '-',
    bundle.verdict,
    formatSize(bundle.size),
    bundle.uploaded_at.replace(/\.\d+Z$/, 'Z'),
    bundle.active_for.map(({ compatible }) => compatible).join(', ') || '-',
  ]);
  return formatTable(
    ['NAME', 'COMPATIBLE', 'VERSION', 'FORMAT', 'VERDICT', 'SIZE', 'UPLOADED', 'CURRENT FOR'],
    rows,
  );
}
