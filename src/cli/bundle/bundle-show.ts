import type { Command } from 'commander';
import type { z } from 'zod';
import { bundleInUseJson } from '../../contract/bundle';
import type { Read } from '../../contract/reader';
import { parseBundleName } from '../../core/bundle';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { formatFacts, formatInstant, formatSize, formatTable } from '../kernel/printable';
import { parseAnswer } from '../kernel/server-answer';
import { markedState } from '../kernel/state-mark';

const fields = bundleInUseJson.shape;

/** What is shown; an older server does not check images. */
const shownBundle = bundleInUseJson
  .pick({
    name: true,
    sha256: true,
    size: true,
    compatible: true,
    version: true,
    format: true,
    encrypted: true,
    verdict: true,
    reasons: true,
    warnings: true,
    image_check: true,
    uploaded_at: true,
    uploaded_by: true,
    manifest_hash: true,
    devices: true,
  })
  .extend({
    current: fields.current,
    images: fields.images.element.pick({ slot_class: true, filename: true, type: true, size: true }).array(),
    signer_chain: fields.signer_chain.element.pick({ subject: true, issuer: true, not_after: true }).array(),
  })
  .partial({ image_check: true });
type ShownBundle = Read<z.infer<typeof shownBundle>>;

/** `bundle show`: what a running server knows about a bundle. */
export function addBundleShow(bundle: Command, context: CliContext): void {
  addCommand(bundle, context, {
    usage: 'show <name>',
    summary:
      'show a bundle on a running server: images, signers, where it is current, and which devices have it',
    details: 'To inspect a local bundle file, use `bundle inspect`.',
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['bundle show fw-2.0.0.raucb', 'bundle show fw-2.0.0.raucb --json'],
    run: async ({ args: [given = ''], options, config }) => {
      const name = parseBundleName(given);
      const client = await AdminClient.open(context, config);
      const answer = await client.get(`/api/bundles/${encodeURIComponent(name)}`);
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const shown = parseAnswer(shownBundle, answer);
      print(context, describe(shown));
      for (const { message } of shown.reasons) talk(context, `reason: ${message}`);
      for (const { message } of shown.warnings) talk(context, `warning: ${message}`);
      return 0;
    },
  });
}

function describe(bundle: ShownBundle): string {
  const { devices, image_check: check } = bundle;
  const current = bundle.current.map(
    ({ compatible, channel, release_id: id }) => `${compatible}, channel ${channel}, release ${id}`,
  );
  const facts = formatFacts([
    ['bundle', bundle.name],
    ['compatible', bundle.compatible ?? '-'],
    ['version', bundle.version ?? '-'],
    ['format', `${bundle.format ?? '-'}${bundle.encrypted ? ', encrypted' : ''}`],
    ['size', formatSize(bundle.size)],
    ['sha256', bundle.sha256],
    ['manifest', bundle.manifest_hash ?? '-'],
    ['verdict', markedState(bundle.verdict)],
    ['images', check === undefined ? '-' : markedState(check.state)],
    ['uploaded', `${formatInstant(bundle.uploaded_at)} by ${bundle.uploaded_by}`],
    ['current for', current.join('; ') || '-'],
    [
      'devices',
      `${devices.running} running, ${devices.installing} installing, ${devices.pinned} pinned, ${devices.failed} failed`,
    ],
  ]);
  const images = bundle.images.map(({ slot_class: slotClass, filename, type, size }) => [
    slotClass,
    filename ?? '-',
    type ?? '-',
    size === null ? '-' : formatSize(size),
  ]);
  const signers = bundle.signer_chain.map((signer) => [
    signer.subject,
    signer.issuer,
    signer.not_after.slice(0, 10),
  ]);
  return [
    facts,
    ...(images.length === 0 ? [] : [formatTable(['IMAGE', 'FILE', 'TYPE', 'SIZE'], images)]),
    ...(signers.length === 0 ? [] : [formatTable(['SIGNED BY', 'ISSUED BY', 'VALID UNTIL'], signers)]),
  ].join('\n\n');
}
