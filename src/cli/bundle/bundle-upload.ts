import { type Command, Option } from 'commander';
import { z } from 'zod';
import { bundleJson } from '../../contract/bundle';
import { releaseJson } from '../../contract/release';
import { lookOf } from '../../contract/state-looks';
import { uploadJson } from '../../contract/upload';
import { parseCompatible } from '../../core/bundle';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { confirmRelease, mustConfirm, yesOption } from '../release/confirm-release';
import { type CliContext, type ExitCode, print, printJson, talk } from '../kernel/context';
import { findUpload, hasPolicy, latestRelease } from './find-upload';
import { LostAnswer } from './lost-answer';
import { type FormOf, type PolicyFlags, policyFields, policyOptions } from '../release/policy-options';
import { formatSize } from '../kernel/printable';
import { ProgressLine } from '../kernel/progress-line';
import { shownEffect, tellReach, tellWarnings } from '../release/reach';
import { sendBundle } from './send-bundle';
import { namesOf, openSource } from './upload-source';
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
  /** `null` when the answer was lost: the server has the bundle, but it is unknown whether it was new. */
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
    usage: 'upload <file...>',
    summary: 'upload bundles to a running server, which verifies each before storing it',
    details:
      'Uploading the same file again changes nothing. Several files are sent one after another, stopping at the first that is refused; --json then prints a list, "uploads". The file - is standard input, of any length, and needs --name. If the connection drops after the whole bundle was sent, the command checks whether the server has it before it fails; --json then has "answer_lost": true, and null in "created". With --activate but no --steps it asks on a terminal before releasing to all devices, unless you give --yes. If the server uses https with your own CA, set NODE_EXTRA_CA_CERTS to the PEM file of that CA.',
    options: [
      new Option('--name <name>', 'name on the server, instead of the file name'),
      new Option('--activate', 'also make it current for its compatible'),
      new Option(
        '--compatible <compatible>',
        'required for an encrypted bundle; otherwise taken from its manifest',
      ),
      new Option('--force', 'activate it even if its manifest names another compatible'),
      ...policyOptions,
      yesOption,
      new Option('--quiet', 'print no progress and no messages'),
    ],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'bundle upload my-bundle.raucb --activate',
      'bundle upload build/update.raucb --name fw-2.0.0.raucb',
      'bundle upload build/*.raucb',
      'bundle upload - --name fw-2.0.0.raucb < build/update.raucb',
      'bundle upload fw-2.0.0.raucb --activate --steps 5,25,100 --promote-at 90 --pause-at-failures 3',
      'bundle upload build/fw-1.2.3.raucb --activate --json --server https://updates.example.com --token-file /run/secrets/rauc-token',
    ],
    run: async ({ args: files, options, config }) => {
      const names = await namesOf(context, files, options.name);
      const fields = formFields(options);
      const client = await AdminClient.open(context, config);
      const isAsked = options.activate === true && mustConfirm(context, options);
      const answers: unknown[] = [];
      let exitCode: ExitCode = 0;
      try {
        for (const [index, file] of files.entries()) {
          const what = { file, name: names[index] ?? '' };
          const send = (form: UploadForm) =>
            upload(context, client, { ...what, fields: textOf(form) }, options);
          const sent = isAsked
            ? await uploadAndAsk(context, client, formFields({ ...options, activate: false }), send)
            : { answer: await send(fields), exitCode: 0 as const };
          answers.push(sent.answer);
          if (sent.exitCode !== 0) ({ exitCode } = sent);
          if (options.json !== true) tell(context, sent.answer, options.quiet === true);
        }
      } finally {
        if (options.json === true) printAnswers(context, answers, files.length);
      }
      return exitCode;
    },
  });
}

/** Also reports the finished uploads when a later one failed. */
function printAnswers(context: CliContext, answers: readonly unknown[], files: number): void {
  if (files > 1) printJson(context, { uploads: answers });
  else for (const answer of answers) printJson(context, answer);
}

/** Stores it first: the server can only tell what a release does to the fleet for a bundle that it has. */
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

/** The fields of the form other than the file. */
type UploadForm = FormOf<RequestOf<typeof uploadFields>>;

function formFields({ activate, compatible, force, ...policy }: Flags): UploadForm {
  return {
    ...policyFields(policy),
    activate: activate === true ? 'true' : undefined,
    compatible: compatible === undefined ? undefined : parseCompatible(compatible),
    force: force === true ? 'true' : undefined,
  };
}

/** A form cannot say that a field is undefined. */
function textOf(form: UploadForm): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Object.entries(form).flatMap(([name, text]) => (text === undefined ? [] : [[name, text]])),
  );
}

interface Upload {
  /** As it was named on the command line. */
  readonly file: string;
  readonly name: string;
  readonly fields: Readonly<Record<string, string>>;
}

async function upload(
  context: CliContext,
  client: AdminClient,
  { file, name, fields }: Upload,
  options: Flags,
): Promise<unknown> {
  const source = await openSource(context, file);
  try {
    const { content, sizeBytes } = source;
    const releaseBefore = hasPolicy(fields) ? await latestRelease(client) : Infinity;
    const progress = ProgressLine.whereSeen(context, sizeBytes, options, 'sent; the server is verifying it');
    try {
      return await sendBundle(client, {
        name,
        content,
        sizeBytes,
        fields,
        boundary: `rauc-${context.surroundings.newId()}`,
        onProgress: (sentBytes, isAll) => progress?.update(sentBytes, isAll),
      });
    } catch (error) {
      if (!(error instanceof LostAnswer)) throw error;
      progress?.clear();
      if (options.json !== true && options.quiet !== true) {
        talk(context, `${error.message}; checking whether the server has ${name} anyway`);
      }
      const lost = { name, fields, lost: error, releaseBefore };
      return await findUpload(client, lost, (ms) => context.surroundings.wait(ms));
    } finally {
      progress?.clear();
    }
  } finally {
    await source.close();
  }
}

function tell(context: CliContext, answer: unknown, isQuiet: boolean): void {
  const { bundle, created, release, reach, warnings } = parseAnswer(shownUpload, answer);
  const words = [
    bundle.compatible ?? 'encrypted',
    ...(bundle.version === null ? [] : [bundle.version]),
    formatSize(bundle.size),
    lookOf(bundle.verdict).word,
    ...(release === null ? [] : [`release ${release.id}`]),
  ];
  print(context, `${bundle.name}  ${words.join(', ')}`);
  if (isQuiet) return;
  for (const { message } of bundle.warnings) talk(context, `warning: ${message}`);
  if (created === null) talk(context, 'the server has it, but its answer was lost on the way');
  else talk(context, created ? 'stored' : 'the server already had it');
  if (release !== null) {
    talk(context, `current for ${release.compatible}`);
    tellReach(context, reach);
    tellWarnings(context, warnings);
  } else if (bundle.active_for.length === 0) {
    talk(context, `not current yet: rauc-simple-server bundle activate '${bundle.name}'`);
  }
}
