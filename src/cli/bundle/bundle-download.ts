import { stat } from 'node:fs/promises';
import path from 'node:path';
import { type Command, Option } from 'commander';
import { bundleJson } from '../../contract/bundle';
import { parseBundleName } from '../../core/bundle';
import { DomainError } from '../../core/errors';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { formatSize } from '../kernel/printable';
import { ProgressLine } from '../kernel/progress-line';
import { parseAnswer } from '../kernel/server-answer';
import { type DownloadTarget, FileTarget, OutputTarget } from './download-target';
import { fetchContent, type WantedContent } from './fetch-content';

interface Flags {
  readonly force?: boolean;
  readonly json?: boolean;
}

/** `bundle download`: downloads a stored bundle and checks its bytes. */
export function addBundleDownload(bundle: Command, context: CliContext): void {
  addCommand<Flags>(bundle, context, {
    usage: 'download <name> [file]',
    summary: 'download a bundle from a running server and verify its SHA-256',
    details:
      'The file may be a folder, or - for standard output; by default it is named after the bundle, in the current folder. It appears under its name once its SHA-256 is verified. An interrupted download resumes automatically; after a kill, run the command again to resume it. With standard output, the bundle is complete only if the exit code is 0.',
    options: [new Option('--force', 'replace an existing file')],
    configKeys: ['server', 'token', 'tokenFile'],
    examples: [
      'bundle download fw-2.0.0.raucb',
      'bundle download fw-2.0.0.raucb /media/usb --force',
      'bundle download fw-2.0.0.raucb - | ssh board-1 "cat > /tmp/fw.raucb"',
    ],
    run: async ({ args: [given = '', file], options, config }) => {
      const name = parseBundleName(given);
      if (file === '-') refuseOutput(context, options);
      const client = await AdminClient.open(context, config);
      const known = parseAnswer(
        bundleJson.pick({ sha256: true, size: true }),
        await client.get(`/api/bundles/${encodeURIComponent(name)}`),
      );
      const content = { name, sha256: known.sha256, sizeBytes: known.size };
      const absolute = file === '-' ? null : await fileOf(context, name, file);
      const target =
        absolute === null
          ? new OutputTarget(context.terminal.stdout, content)
          : await FileTarget.open(content, { file: absolute, isForced: options.force === true });
      try {
        await download(context, client, { content, target, options });
      } finally {
        await target.close();
      }
      tell(context, content, absolute, options);
      return 0;
    },
  });
}

/** @throws DomainError `configuration` */
function refuseOutput({ terminal }: CliContext, { json }: Flags): void {
  if (json === true) {
    throw new DomainError('configuration', 'standard output cannot carry both the bundle and JSON', {
      remedy: 'Leave out --json, or name a file.',
    });
  }
  if (terminal.stdout.isTTY === true) {
    throw new DomainError('configuration', 'a bundle cannot be written to a terminal', {
      remedy: 'Name a file, or pipe standard output to a program.',
    });
  }
}

/** In a folder, the bundle gets its own name. */
async function fileOf({ surroundings }: CliContext, name: string, given = '.'): Promise<string> {
  const absolute = path.resolve(surroundings.cwd, given);
  const isFolder = await stat(absolute).then(
    (stats) => stats.isDirectory(),
    () => false,
  );
  return isFolder ? path.join(absolute, name) : absolute;
}

interface Download {
  readonly content: WantedContent;
  readonly target: DownloadTarget;
  readonly options: Flags;
}

async function download(
  context: CliContext,
  client: AdminClient,
  { content, target, options }: Download,
): Promise<void> {
  const { startAt } = target;
  const progress = ProgressLine.whereSeen(context, content.sizeBytes, options, 'already complete', startAt);
  let doneBytes = startAt;
  const say = (text: string) => {
    progress?.clear();
    if (options.json !== true) talk(context, text);
  };
  if (startAt > 0) say(`${formatSize(startAt)} downloaded already; resuming there`);
  try {
    await fetchContent(client, content, {
      startAt,
      take: async (piece) => {
        await target.write(piece);
        doneBytes += piece.length;
        progress?.update(doneBytes);
      },
      onCut: ({ message }) => say(`${message}; resuming at ${formatSize(doneBytes)}`),
      wait: (ms) => context.surroundings.wait(ms),
    });
    await target.complete();
  } finally {
    progress?.clear();
  }
}

function tell(
  context: CliContext,
  { name, sha256, sizeBytes }: WantedContent,
  file: string | null,
  { json }: Flags,
): void {
  if (json === true) printJson(context, { bundle: name, file, sha256, size: sizeBytes });
  else {
    if (file !== null) print(context, shownPath(context, file));
    talk(context, `${formatSize(sizeBytes)}, SHA-256 ${sha256}`);
  }
}
