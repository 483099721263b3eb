import { circumstance } from '../../core/circumstances/catalogue';
import { sayWhy } from '../../core/circumstances/sentences';
import { access, constants, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Command } from 'commander';
import { DomainError } from '../../core/errors';
import type { ImageCheck } from '../../core/image-check';
import type { Image, Inspection, Verdict } from '../../core/inspection';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson } from '../kernel/context';
import { fileFailure } from '../kernel/input-file';
import { imageCheckJson, inspectionJson } from './inspection-json';
import { formatDay, formatFacts, formatSize, formatTable } from '../kernel/printable';
import { ProgressLine } from '../kernel/progress-line';

const verdicts: Readonly<Record<Verdict, string>> = {
  trusted: 'trusted',
  unchecked: 'intact, but the signer was not checked',
  untrusted: 'intact, but its signer is not trusted',
  broken: 'broken',
  opaque: 'not a bundle, and not verified',
};

export function addBundleInspect(bundle: Command, context: CliContext): void {
  addCommand(bundle, context, {
    usage: 'inspect <file>',
    summary: 'verify a local bundle file as the server would',
    details:
      'Also hashes the images and warns if one does not match the manifest. Needs no running server.\nExits with 1 if a server with this configuration would refuse the bundle.',
    configKeys: [
      'bundleKeyring',
      'bundlePurpose',
      'bundlePartialChain',
      'bundleCheckCrl',
      'bundleTimeSource',
      'bundleSignerCns',
      'allowUntrusted',
    ],
    examples: [
      'bundle inspect my-bundle.raucb',
      'bundle inspect my-bundle.raucb --bundle-keyring /etc/rauc/keyring.pem --json',
    ],
    run: async ({ args: [name = ''], options, config }) => {
      const file = path.resolve(context.surroundings.cwd, name);
      await checkReadable(file);
      const inspection = await context.wiring.inspect(file, config);
      const imageCheck = await checkImages(context, file, inspection, options.json === true);
      const { verdict } = inspection;
      const isAccepted = verdict !== 'broken' && (verdict !== 'untrusted' || config.allowUntrusted);
      if (options.json === true)
        printJson(context, {
          file,
          accepted: isAccepted,
          ...inspectionJson(inspection),
          image_check: imageCheckJson(imageCheck),
        });
      else print(context, describe(name, inspection, imageCheck));
      return isAccepted ? 0 : 1;
    },
  });
}

async function checkImages(
  context: CliContext,
  file: string,
  inspection: Inspection,
  json: boolean,
): Promise<ImageCheck> {
  if (inspection.verdict === 'broken') return { state: 'not-checked', reason: circumstance('bundle-broken') };
  let progress: ProgressLine | undefined;
  try {
    return await context.wiring.checkImages(file, inspection, (doneBytes, totalBytes) => {
      progress ??= ProgressLine.whereSeen(context, totalBytes, { json }, 'hashing the images');
      progress?.update(doneBytes);
    });
  } finally {
    progress?.clear();
  }
}

async function checkReadable(file: string): Promise<void> {
  try {
    await access(file, constants.R_OK);
    if ((await stat(file)).isFile()) return;
  } catch (error) {
    throw fileFailure(error, file, 'the bundle');
  }
  throw new DomainError('invalid-input', `${file} is not a file`, { details: { file } });
}

function describe(name: string, inspection: Inspection, imageCheck: ImageCheck): string {
  const { verdict, reasons, warnings, hints } = inspection;
  const blocks = [
    `${name}: ${verdicts[verdict]}`,
    ...reasons.map(({ message }) => `  - ${sayWhy(message)}`),
    ...warnings.map(({ message }) => `  warning: ${sayWhy(message)}`),
    ...(imageCheck.state === 'mismatch' ? [`  warning: ${mismatchOf(imageCheck.files)}`] : []),
    ...hints.map(({ message }) => `  hint: ${sayWhy(message)}`),
    `\n${facts(inspection, imageCheck)}`,
  ];
  const images = inspection.manifest?.images ?? [];
  if (images.length > 0) blocks.push(`\n${imageTable(images)}`);
  if (inspection.signerChain.length > 0) blocks.push(`\n${signerTable(inspection)}`);
  if (inspection.recipients.length > 0) blocks.push(`\n${recipientTable(inspection)}`);
  return blocks.join('\n');
}

function mismatchOf(files: readonly string[]): string {
  return `No file in the bundle matches the hash in its manifest for ${files.join(', ')}. Devices that need it will refuse the bundle. Build it again.`;
}

const imageWords = {
  sound: 'match the manifest',
  mismatch: 'do not match the manifest',
  'not-checked': 'not checked',
} as const;

function imagesOf(check: ImageCheck): string {
  const words = imageWords[check.state];
  return check.state === 'not-checked' ? `${words}: ${sayWhy(check.reason)}` : words;
}

function facts({ manifest, ...inspection }: Inspection, imageCheck: ImageCheck): string {
  const format = `${inspection.format ?? 'unknown'}${inspection.encrypted ? ', encrypted: only devices can read its manifest' : ''}`;
  const optional: readonly (readonly [string, string | null | undefined])[] = [
    ['Compatible', manifest?.compatible],
    ['Version', manifest?.version],
    ['Description', manifest?.description],
    ['Build', manifest?.build],
    ['Needs RAUC', manifest?.minRaucVersion],
    ['Manifest hash', inspection.manifestHash],
    ['Images', inspection.verdict === 'broken' ? null : imagesOf(imageCheck)],
    ['Hooks', hooksOf(manifest?.hooks)],
    ['Handler', joined(manifest?.handler?.filename, manifest?.handler?.args)],
    ...Object.entries(manifest?.meta ?? {}).flatMap(([label, values]) =>
      Object.entries(values).map(([key, value]) => [`${label}.${key}`, value] as const),
    ),
  ];
  const known = optional.flatMap(([name, value]) =>
    value === null || value === undefined || value === '' ? [] : [[name, value] as const],
  );
  return formatFacts([['Format', format], ['Size', formatSize(inspection.sizeBytes)], ...known]);
}

/** The hook file and the hooks that it has for the whole bundle; an image's hooks are listed with the image. */
function hooksOf(hooks: NonNullable<Inspection['manifest']>['hooks'] | undefined): string {
  return joined(hooks?.filename, hooks?.hooks.join(', '));
}

function joined(...words: readonly (string | null | undefined)[]): string {
  return words.filter((word) => word !== null && word !== undefined && word !== '').join(' ');
}

function imageTable(images: NonNullable<Inspection['manifest']>['images']): string {
  const rows = images.map((image) => [
    nameOf(image),
    image.filename ?? '-',
    image.type ?? '-',
    image.sizeBytes === null ? '-' : formatSize(image.sizeBytes),
    image.adaptive.join(', ') || '-',
    image.hooks.join(', ') || '-',
  ]);
  return formatTable(['IMAGE', 'FILE', 'TYPE', 'SIZE', 'ADAPTIVE', 'HOOKS'], rows);
}

/** As in the manifest's groups: class, artifact, variant. */
function nameOf({ slotClass, artifact, variant }: Image): string {
  return `${slotClass}${artifact === null ? '' : `/${artifact}`}${variant === null ? '' : `.${variant}`}`;
}

function signerTable({ signerChain }: Inspection): string {
  const rows = signerChain.map(({ subject, issuer, notAfter, keyAlgorithm }) => [
    subject,
    issuer,
    formatDay(notAfter),
    keyAlgorithm,
  ]);
  return formatTable(['SIGNED BY', 'ISSUED BY', 'VALID UNTIL', 'KEY'], rows);
}

function recipientTable({ recipients }: Inspection): string {
  const rows = recipients.map(({ issuer, serial, algorithm }) => [issuer, serial, algorithm]);
  return formatTable(['ENCRYPTED FOR (ISSUER)', 'SERIAL', 'ALGORITHM'], rows);
}
