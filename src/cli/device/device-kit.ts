import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { buffer } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { hostOfUrl } from '../../base/text/host-of-url';
import type { Config } from '../../config/config';
import { replaceFile } from '../../base/files/replace-file';
import { isOutOfSpace } from '../../base/files/system-error';
import { parseCompatible } from '../../core/bundle';
import { parseDeviceId } from '../../core/device';
import { DomainError } from '../../core/errors';
import { type KitPolling, kitPollings } from '../../core/kit-polling';
import { createMakeDeviceKit, type MadeKit } from '../../services/certificates/make-device-kit';
import { issuedFilesJson } from '../cert/certificate-json';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { judgingFile, readInput } from '../kernel/input-file';
import { type IssueFlags, issueOptions, issueRequest } from '../cert/issue-options';

interface Flags extends IssueFlags {
  readonly csr?: string;
  readonly out?: string;
  readonly compatible?: string;
  readonly polling?: KitPolling;
}

export function addDeviceKit(device: Command, context: CliContext): void {
  addCommand<Flags>(device, context, {
    usage: 'kit <id>',
    summary: 'make a .tar.gz with all that a device needs for its updates, and nothing to edit',
    details:
      'It holds the certificates, an installer, what RAUC needs in its system.conf, and scripts that poll, report and mark a slot good. Works on the certificates folder, without a running server. A certificate that the device has is used; otherwise one is issued. A kit that could not connect is refused: the server certificate must cover the host, and come from a CA in ca.crt or a public one, whose root is then put into the kit. With --csr the private key never leaves the device, and is not in the kit.',
    options: [
      new Option(
        '--csr <file>',
        'issue the certificate for this request (PEM or DER) instead of making a key; - for standard input',
      ),
      new Option(
        '--compatible <compatible>',
        'install on boards of this compatible alone, and bind a new certificate to it',
      ),
      new Option(
        '--polling <who>',
        "who asks the server: the kit's script (the default), or RAUC itself from 1.16 on, which is a preview",
      ).choices(kitPollings),
      new Option('--out <dir>', 'write the kit there instead of here'),
      ...issueOptions(3650),
    ],
    configKeys: ['certsDir', 'serverUrl'],
    examples: [
      'device kit board-1 --server-url https://updates.example.com:8443',
      'device kit board-1 --csr board-1.csr --compatible my-board',
      'device kit board-1 --polling native',
      'device kit board-1 --force --days 730 --out kits',
    ],
    run: async ({ args: [id = ''], options, config }) => {
      const serverUrl = serverUrlOf(config);
      if (options.csr !== undefined && options.key !== undefined) {
        throw new DomainError('configuration', '--key makes a new key, --csr brings one', {
          remedy: 'Leave out one of them.',
        });
      }
      const csrPem =
        options.csr === undefined ? undefined : await readInput(context, options.csr, 'the request');
      const make = createMakeDeviceKit({
        certificates: context.wiring.certificates(config),
        readText: context.wiring.kitText,
        now: () => context.surroundings.now(),
      });
      const request = {
        ...issueRequest(options),
        id: parseDeviceId(id),
        serverUrl,
        ...(options.compatible === undefined ? {} : { compatible: parseCompatible(options.compatible) }),
        ...(options.polling === undefined ? {} : { polling: options.polling }),
      };
      const kit = await judgingFile(options.csr, () =>
        make({ ...request, ...(csrPem === undefined ? {} : { csrPem }) }),
      );
      const file = path.join(path.resolve(context.surroundings.cwd, options.out ?? '.'), kit.fileName);
      await writeKit(kit, file, context.surroundings.newId());
      if (options.json === true) printJson(context, kitJson(kit, file, { id, serverUrl }));
      else tell(context, kit, file, hostOfUrl(serverUrl));
      return 0;
    },
  });
}

/** @throws DomainError `configuration` */
function serverUrlOf({ serverUrl }: Config): string {
  if (serverUrl !== null) return serverUrl;
  throw new DomainError(
    'configuration',
    'SERVER_URL is not set, and a device must know where its server is',
    {
      remedy:
        'Give it: --server-url https://updates.example.com:8443, or SERVER_URL in the environment or .env.',
    },
  );
}

/** Under its name when it is whole; for its owner alone, since it may hold a private key. */
async function writeKit(kit: MadeKit, file: string, newId: string): Promise<void> {
  try {
    await mkdir(path.dirname(file), { recursive: true });
    const temporary = `${file}.${newId}.part`; // two commands at once do not disturb each other
    await replaceFile(file, await buffer(kit.archive), { mode: 0o600, temporary });
  } catch (cause) {
    if (!isOutOfSpace(cause)) throw cause;
    throw new DomainError('storage-full', `there is no space left to write ${file}`, {
      cause,
      remedy: 'Free some space, then do it again.',
    });
  }
}

function kitJson(
  { files, hasKey, warnings, isServerChecked, issued }: MadeKit,
  file: string,
  { id, serverUrl }: { readonly id: string; readonly serverUrl: string },
): object {
  return {
    device: id,
    server_url: serverUrl,
    kit: file,
    has_key: hasKey,
    files,
    warnings,
    server_checked: isServerChecked,
    issued: issued === null ? null : issuedFilesJson(issued),
  };
}

function tell(
  context: CliContext,
  { fileName, hasKey, warnings, isServerChecked, issued }: MadeKit,
  file: string,
  host: string,
): void {
  print(context, shownPath(context, file));
  for (const written of issued?.written ?? []) talk(context, `issued ${shownPath(context, written)}`);
  for (const kept of issued?.kept ?? []) {
    talk(context, `kept what was there before as ${shownPath(context, kept)}`);
  }
  for (const message of [...(issued?.warnings ?? []).map((one) => one.message), ...warnings]) {
    talk(context, `warning: ${message}`);
  }
  if (!isServerChecked) {
    talk(context, `There is no server certificate here: check on the server that its own covers ${host}.`);
  }
  talk(
    context,
    hasKey
      ? "It holds the device's private key: hand it over as a secret, then delete it."
      : "It holds no private key: the device's own goes to /etc/rauc/update/device.key.",
  );
  const folder = fileName.slice(0, -'.tar.gz'.length);
  talk(context, `\nOn the device, as root:\n\n  tar -xzf ${fileName} && ${folder}/install.sh`);
}
