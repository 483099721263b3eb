import type { Command } from 'commander';
import { z } from 'zod';
import { AdminClient } from '../kernel/admin-client';
import { bundleJson, bundleListJson } from '../../contract/bundle';
import { mismatchingImages } from '../../core/image-check';
import type { Read } from '../../contract/reader';
import { addCommand } from '../kernel/command';
import { type CliContext, printJson, talk } from '../kernel/context';
import { printTable } from '../kernel/print-table';
import { formatInstant, formatSize } from '../kernel/printable';
import { markedState } from '../kernel/state-mark';
import { parseAnswer } from '../kernel/server-answer';

/** What is shown; an older server does not check images. */
const shownBundle = bundleJson
  .pick({
    name: true,
    size: true,
    compatible: true,
    version: true,
    format: true,
    verdict: true,
    image_check: true,
    uploaded_at: true,
    active_for: true,
  })
  .partial({ image_check: true });
const shownBundles = bundleListJson.extend({ bundles: z.array(shownBundle) });
type ShownBundle = Read<z.infer<typeof shownBundle>>;

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
      const { bundles } = parseAnswer(shownBundles, answer);
      printTable(context, columns, bundles.map(rowOf));
      for (const note of bundles.flatMap(noteOf)) talk(context, note);
      return 0;
    },
  });
}

/** Details of the image check that do not fit into the table. */
function noteOf({ name, image_check: check }: ShownBundle): string[] {
  if (check?.state === 'mismatch') return [`${name} has ${mismatchingImages(check.files)}`];
  return check?.state === 'not-checked'
    ? [`the images of ${name} were not checked: ${check.reason ?? ''}`]
    : [];
}

const columns = [
  'NAME',
  'COMPATIBLE',
  'VERSION',
  'FORMAT',
  'VERDICT',
  'IMAGES',
  'SIZE',
  'UPLOADED',
  'CURRENT FOR',
];

function rowOf(bundle: ShownBundle): readonly string[] {
  return [
    bundle.name,
    bundle.compatible ?? '-',
    bundle.version ?? '-',
    bundle.format ?? '-',
    markedState(bundle.verdict),
    bundle.image_check === undefined ? '-' : markedState(bundle.image_check.state),
    formatSize(bundle.size),
    formatInstant(bundle.uploaded_at),
    bundle.active_for.map(({ compatible }) => compatible).join(', ') || '-',
  ];
}
