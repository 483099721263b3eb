import type { Command } from 'commander';
import { AdminClient } from '../kernel/admin-client';
import { type BundleAnswer, bundlesAnswer } from './bundle-answers';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { formatSize, formatTable } from '../kernel/printable';
import { parseAnswer } from '../kernel/server-answer';

export function addBundleList(bundle: Command, context: CliContext): void {
  addCommand(bundle, context, {
    usage: 'list',
    summary: 'list the bundles of a running server, newest first',
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['bundle list', 'bundle list --json --server https://updates.example.com'],
    run: async ({ options, config }) => {
      const client = await AdminClient.open(context, config);
      const answer = await client.get('/api/bundles');
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { bundles } = parseAnswer(bundlesAnswer, answer);
      print(context, table(bundles));
      for (const note of bundles.flatMap(noteOf)) talk(context, note);
      return 0;
    },
  });
}

/** What a word in the table does not tell of the images. */
function noteOf({ name, image_check: check }: BundleAnswer): string[] {
  if (check?.state === 'mismatch')
    return [`${name} does not have the images that its manifest says: ${check.files.join(', ')}`];
  return check?.state === 'not-checked'
    ? [`the images of ${name} were not checked: ${check.reason ?? ''}`]
    : [];
}

function table(bundles: readonly BundleAnswer[]): string {
  const rows = bundles.map((bundle) => [
    bundle.name,
    bundle.compatible ?? '-',
    bundle.version ?? '-',
    bundle.format ?? '-',
    bundle.verdict,
    bundle.image_check?.state.replace('-', ' ') ?? '-',
    formatSize(bundle.size),
    bundle.uploaded_at.replace(/\.\d+Z$/, 'Z'),
    bundle.active_for.map(({ compatible }) => compatible).join(', ') || '-',
  ]);
  return formatTable(
    ['NAME', 'COMPATIBLE', 'VERSION', 'FORMAT', 'VERDICT', 'IMAGES', 'SIZE', 'UPLOADED', 'CURRENT FOR'],
    rows,
  );
}
