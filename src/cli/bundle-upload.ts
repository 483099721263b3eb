import { open } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { parseBundleName, parseCompatible } from '../core/bundle';
import { DomainError } from '../core/errors';
import { AdminClient } from './admin-client';
import { uploadAnswer } from './bundle-answers';
import { addCommand } from './command';
import { type CliContext, print, printJson, talk } from './context';
import { fileFailure } from './input-file';
import { type PolicyFlags, policyFields, policyOptions } from './policy-options';
import { formatSize } from './printable';
import { ProgressLine } from './progress-line';
import { tellReach } from './reach';
import { sendBundle } from './send-bundle';
import { parseAnswer } from './server-answer';

interface Flags extends PolicyFlags {
  readonly activate?: boolean;
  readonly compatible?: string;
  readonly force?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export function addBundleUpload(bundle: Command, context: CliContext): void {
  addCommand<Flags>(bundle, context, {
    usage: 'upload <file>',
    summary: 'send a bundle to a running server, which verifies it before it is stored',
    details:
      'Uploading the same file again changes nothing. For an https server with a CA of your own, set NODE_EXTRA_CA_CERTS to its PEM file.',
    options: [
      new Option('--activate', 'make it current for its compatible in the same step'),
      new Option(
        '--compatible <compatible>',
        'needed for an encrypted bundle, else that of its manifest is meant',
      ),
      new Option('--force', 'activate it although its manifest names another compatible'),
      ...policyOptions,
      new Option('--quiet', 'no progress and no talk'),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'bundle upload my-bundle.raucb --activate',
      'bundle upload fw-2.0.0.raucb --activate --steps 5,25,100 --promote-at 90 --pause-at-failures 3',
      'bundle upload build/fw-1.2.3.raucb --activate --json --server https://updates.example.com --token-file /run/secrets/rauc-token',
    ],
    run: async ({ args: [file = ''], options, config }) => {
      const fields = formFields(options);
      const client = await AdminClient.open(context, config);
      const answer = await upload(
        context,
        client,
        path.resolve(context.surroundings.cwd, file),
        fields,
        options,
      );
      if (options.json === true) printJson(context, answer);
      else tell(context, answer, options.quiet === true);
      return 0;
    },
  });
}

function formFields({ activate, compatible, force, ...policy }: Flags): Record<string, string> {
  return {
    ...policyFields(policy),
    ...(activate === true ? { activate: 'true' } : {}),
    ...(compatible === undefined ? {} : { compatible: parseCompatible(compatible) }),
    ...(force === true ? { force: 'true' } : {}),
  };
}

async function upload(
  context: CliContext,
  client: AdminClient,
  file: string,
  fields: Record<string, string>,
  options: Flags,
): Promise<unknown> {
  const name = parseBundleName(path.basename(file));
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw fileFailure(error, file, 'the bundle');
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size === 0) {
      throw new DomainError('invalid-input', `${file} is ${stats.isFile() ? 'empty' : 'not a file'}`);
    }
    const progress = ProgressLine.whereSeen(context, stats.size, options, 'sent; the server is checking it');
    try {
      return await sendBundle(client, {
        name,
        file: handle,
        sizeBytes: stats.size,
        fields,
        boundary: `rauc-${context.surroundings.newId()}`,
        onProgress: (sentBytes) => progress?.update(sentBytes),
      });
    } finally {
      progress?.clear();
    }
  } finally {
    await handle.close();
  }
}

function tell(context: CliContext, answer: unknown, isQuiet: boolean): void {
  const { bundle, created, release, reach } = parseAnswer(uploadAnswer, answer);
  const words = [
    bundle.compatible ?? 'encrypted',
    ...(bundle.version === null ? [] : [bundle.version]),
    formatSize(bundle.size),
    bundle.verdict,
  ];
  print(context, `${bundle.name}  ${words.join(', ')}`);
  if (isQuiet) return;
  for (const { message } of bundle.warnings) talk(context, `warning: ${message}`);
  talk(context, created ? 'stored' : 'the server had it already');
  if (release !== null) {
    talk(context, `current for ${release.compatible}`);
    tellReach(context, reach);
  } else if (bundle.active_for.length === 0) {
    talk(context, `not current yet: rauc-simple-server bundle activate '${bundle.name}'`);
  }
}
