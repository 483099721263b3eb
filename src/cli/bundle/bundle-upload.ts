import { open } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { z } from 'zod';
import { bundleJson } from '../../contract/bundle';
import { releaseJson } from '../../contract/release';
import { uploadJson } from '../../contract/upload';
import { parseBundleName, parseCompatible } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { confirmRelease, mustConfirm, yesOption } from '../release/confirm-release';
import { type CliContext, type ExitCode, print, printJson, talk } from '../kernel/context';
import { findUpload, hasPolicy, latestRelease } from './find-upload';
import { fileFailure } from '../kernel/input-file';
import { LostAnswer } from './lost-answer';
import { type FormOf, type PolicyFlags, policyFields, policyOptions } from '../release/policy-options';
import { formatSize } from '../kernel/printable';
import { ProgressLine } from '../kernel/progress-line';
import { shownEffect, tellReach, tellWarnings } from '../release/reach';
import { sendBundle } from './send-bundle';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { newReleaseBody } from '../../contract/release';
import type { uploadFields } from '../../contract/upload';

const shownUpload = uploadJson.extend({
  bundle: bundleJson.pick({
    name: true,
    size: true,
    compatible: true,
    version: true,
    verdict: true,
    warnings: true,
    active_for: true,
  }),
  /** `null` when the answer was lost: the server has it, now or from before. */
  created: uploadJson.shape.created.nullable(),
  release: releaseJson.pick({ id: true, compatible: true }).nullable(),
  ...shownEffect,
});

interface Flags extends PolicyFlags {
  readonly name?: string;
  readonly activate?: boolean;
  readonly compatible?: string;
  readonly force?: boolean;
  readonly yes?: boolean;
  readonly quiet?: boolean;
  readonly json?: boolean;
}

export function addBundleUpload(bundle: Command, context: CliContext): void {
  addCommand<Flags>(bundle, context, {
    usage: 'upload <file>',
    summary: 'send a bundle to a running server, which verifies it before it is stored',
    details:
      'Uploading the same file again changes nothing. Where the answer is lost after all of it was sent, it looks whether the server has it before it fails; --json then has "answer_lost": true, and null in "created". With --activate and no --steps it asks on a terminal before it releases to everyone, unless --yes is given. For an https server with a CA of your own, set NODE_EXTRA_CA_CERTS to its PEM file.',
    options: [
      new Option('--name <name>', 'what the server calls it, instead of the name of the file'),
      new Option('--activate', 'make it current for its compatible in the same step'),
      new Option(
        '--compatible <compatible>',
        'needed for an encrypted bundle, else that of its manifest is meant',
      ),
      new Option('--force', 'activate it although its manifest names another compatible'),
      ...policyOptions,
      yesOption,
      new Option('--quiet', 'no progress and no talk'),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'bundle upload my-bundle.raucb --activate',
      'bundle upload build/update.raucb --name fw-2.0.0.raucb',
      'bundle upload fw-2.0.0.raucb --activate --steps 5,25,100 --promote-at 90 --pause-at-failures 3',
      'bundle upload build/fw-1.2.3.raucb --activate --json --server https://updates.example.com --token-file /run/secrets/rauc-token',
    ],
    run: async ({ args: [file = ''], options, config }) => {
      const fields = formFields(options);
      const client = await AdminClient.open(context, config);
      const absolute = path.resolve(context.surroundings.cwd, file);
      const send = (form: UploadForm) => upload(context, client, absolute, textOf(form), options);
      const isAsked = options.activate === true && mustConfirm(context, options);
      const { answer, exitCode } = isAsked
        ? await uploadAndAsk(context, client, formFields({ ...options, activate: false }), send)
        : { answer: await send(fields), exitCode: 0 as const };
      if (options.json === true) printJson(context, answer);
      else tell(context, answer, options.quiet === true);
      return exitCode;
    },
  });
}

/** Stores it first: what its release does to the fleet, the server says of a bundle that it has. */
async function uploadAndAsk(
  context: CliContext,
  client: AdminClient,
  fields: UploadForm,
  send: (form: UploadForm) => Promise<unknown>,
): Promise<{ readonly answer: unknown; readonly exitCode: ExitCode }> {
  const answer = await send({ compatible: fields.compatible });
  const { name } = parseAnswer(shownUpload, answer).bundle;
  const request: RequestOf<typeof newReleaseBody> = { ...fields, bundle: name };
  if (!(await confirmRelease(context, client, request))) return { answer, exitCode: 1 };
  const made = await client.post<RequestOf<typeof newReleaseBody>>('/api/releases', request);
  const { reach, warnings } = parseAnswer(z.object(shownEffect), made);
  const bundle = await client.get(`/api/bundles/${encodeURIComponent(name)}`);
  return { answer: { ...(answer as object), bundle, release: made, reach, warnings }, exitCode: 0 };
}

/** The fields of the form beside the file. */
type UploadForm = FormOf<RequestOf<typeof uploadFields>>;

function formFields({ activate, compatible, force, ...policy }: Flags): UploadForm {
  return {
    ...policyFields(policy),
    activate: activate === true ? 'true' : undefined,
    compatible: compatible === undefined ? undefined : parseCompatible(compatible),
    force: force === true ? 'true' : undefined,
  };
}

/** A form has no way to say that a field is undefined. */
function textOf(form: UploadForm): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}

async function upload(
  context: CliContext,
  client: AdminClient,
  file: string,
  fields: Readonly<Record<string, string>>,
  options: Flags,
): Promise<unknown> {
  const name = parseBundleName(options.name ?? path.basename(file));
  const handle = await open(file, 'r').catch((error: unknown) => {
    throw fileFailure(error, file, 'the bundle');
  });
  try {
    const stats = await handle.stat();
    if (!stats.isFile() || stats.size === 0) {
      throw new DomainError('invalid-input', `${file} is ${stats.isFile() ? 'empty' : 'not a file'}`, {
        details: { file },
      });
    }
    const releaseBefore = hasPolicy(fields) ? await latestRelease(client) : Infinity;
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
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
      progress?.clear();
      if (options.json !== true && options.quiet !== true) {
        talk(context, `${error.message}; looking whether the server has ${name} all the same`);
      }
      const lost = { name, sizeBytes: stats.size, fields, lost: error, releaseBefore };
      return await findUpload(client, lost, (ms) => context.surroundings.wait(ms));
    } finally {
      progress?.clear();
    }
  } finally {
    await handle.close();
  }
}

function tell(context: CliContext, answer: unknown, isQuiet: boolean): void {
  const { bundle, created, release, reach, warnings } = parseAnswer(shownUpload, answer);
  const words = [
    bundle.compatible ?? 'encrypted',
    ...(bundle.version === null ? [] : [bundle.version]),
    formatSize(bundle.size),
    bundle.verdict,
    ...(release === null ? [] : [`release ${release.id}`]),
  ];
  print(context, `${bundle.name}  ${words.join(', ')}`);
  if (isQuiet) return;
  for (const { message } of bundle.warnings) talk(context, `warning: ${message}`);
  if (created === null) talk(context, 'the server has it; its answer was lost on the way');
  else talk(context, created ? 'stored' : 'the server had it already');
  if (release !== null) {
    talk(context, `current for ${release.compatible}`);
    tellReach(context, reach);
    tellWarnings(context, warnings);
  } else if (bundle.active_for.length === 0) {
    talk(context, `not current yet: rauc-simple-server bundle activate '${bundle.name}'`);
  }
}
