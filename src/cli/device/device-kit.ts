import { buffer } from 'node:stream/consumers';
import { type Command, Option } from 'commander';
import { hostOfUrl } from '../../base/text/host-of-url';
import { sayWhy } from '../../core/circumstances/sentences';
import type { Config } from '../../config/config';
import { parseCompatible } from '../../core/bundle';
import { parseDeviceId } from '../../core/device';
import { DomainError } from '../../core/errors';
import { type KitClient, kitClients, type KitPolling, kitPollings } from '../../core/kit-polling';
import { createMakeDeviceKit, type MadeKit } from '../../services/certificates/make-device-kit';
import { issuedFilesJson } from '../cert/certificate-json';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { judgingFile, readInput } from '../kernel/input-file';
import { type IssueFlags, issueOptions, issueRequest } from '../cert/issue-options';
import { isRemote, type RemoteFlags, remoteKeys, remoteOption } from '../kernel/remote';
import { makeRemoteKit } from './remote-kit';
import { kitFile, tellHowToInstall, writeKit } from './write-kit';

interface Flags extends IssueFlags, RemoteFlags {
  readonly csr?: string;
  readonly out?: string;
  readonly compatible?: string;
  readonly polling?: KitPolling;
  readonly client?: KitClient;
}

export function addDeviceKit(device: Command, context: CliContext): void {
  addCommand<Flags>(device, context, {
    usage: 'kit <id>',
    summary: 'create a .tar.gz with everything a device needs for updates, ready to install',
    details:
      'The kit contains the certificates, an installer, settings for system.conf, and scripts that poll, report and mark a slot good. It is made from the certificates folder, without a running server; with --remote a running server makes it, which requires https or loopback unless you give --csr. An existing device certificate is reused; otherwise one is issued. The command refuses to make a kit that could not connect: the server certificate must cover the host and be issued by a CA in ca.crt or by a public CA, whose root is then added to the kit. With --csr the private key never leaves the device and is not in the kit.',
    options: [
      new Option(
        '--csr <file>',
        'issue the certificate for this request (PEM or DER) instead of generating a key; - for standard input',
      ),
      new Option(
        '--compatible <compatible>',
        'install only on boards with this compatible, and bind a new certificate to it',
      ),
      new Option(
        '--polling <who>',
        "who polls the server: the kit's script (default), or RAUC itself, a preview in RAUC 1.16 and later",
      ).choices(kitPollings),
      new Option(
        '--client <client>',
        "what the kit is for: RAUC with the kit's own programs (default), or rauc-hawkbit-updater",
      ).choices(kitClients),
      new Option('--out <dir>', 'write the kit to this folder instead of the current one'),
      ...issueOptions(3650),
      remoteOption,
    ],
    configKeys: ['certsDir', 'serverUrl', ...remoteKeys],
    examples: [
      'device kit board-1 --server-url https://updates.example.com:8443',
      'device kit board-1 --csr board-1.csr --compatible my-board',
      'device kit board-1 --polling native',
      'device kit board-1 --client hawkbit',
      'device kit board-1 --force --days 730 --out kits',
      'device kit board-1 --remote --server https://admin.example.com',
    ],
    run: async ({ args: [id = ''], options, config }) => {
      const isThere = isRemote(options, config);
      if (options.csr !== undefined && options.key !== undefined) {
        throw new DomainError('configuration', '--key and --csr cannot be combined', {
          remedy: '--key generates a new key, --csr uses an existing one: leave one of them out.',
        });
      }
      const csrPem =
        options.csr === undefined ? undefined : await readInput(context, options.csr, 'the request');
      const wanted = {
        ...issueRequest(options),
        id: parseDeviceId(id),
        ...(options.compatible === undefined ? {} : { compatible: parseCompatible(options.compatible) }),
        ...(options.polling === undefined ? {} : { polling: options.polling }),
        ...(options.client === undefined ? {} : { client: options.client }),
      };
      const isJson = options.json === true;
      if (isThere) {
        const { csr: csrFile, out } = options;
        await makeRemoteKit(context, config, { ...wanted, csr: csrPem, csrFile, out, isJson });
        return 0;
      }
      const serverUrl = serverUrlOf(config);
      const make = createMakeDeviceKit({
        certificates: context.wiring.certificates(config),
        readText: context.wiring.kitText,
        now: () => context.surroundings.now(),
      });
      const request = { ...wanted, serverUrl, ...(csrPem === undefined ? {} : { csrPem }) };
      const kit = await judgingFile(options.csr, () => make(request));
      const file = kitFile(context, id, options.out);
      await writeKit(context, file, await buffer(kit.archive));
      if (isJson) printJson(context, kitJson(kit, file, { id, serverUrl }));
      else tell(context, kit, file, { id, host: hostOfUrl(serverUrl) });
      return 0;
    },
  });
}

/** @throws DomainError `configuration` */
function serverUrlOf({ serverUrl }: Config): string {
  if (serverUrl !== null) return serverUrl;
  throw new DomainError(
    'configuration',
    'SERVER_URL is not set, so the device would not know where its server is',
    {
      remedy:
        'Set it with --server-url https://updates.example.com:8443, or as SERVER_URL in the environment or .env.',
    },
  );
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
    warnings: warnings.map(sayWhy),
    server_checked: isServerChecked,
    issued: issued === null ? null : issuedFilesJson(issued),
  };
}

function tell(
  context: CliContext,
  { hasKey, warnings, isServerChecked, issued }: MadeKit,
  file: string,
  { id, host }: { readonly id: string; readonly host: string },
): void {
  print(context, shownPath(context, file));
  for (const written of issued?.written ?? []) talk(context, `issued ${shownPath(context, written)}`);
  for (const kept of issued?.kept ?? []) {
    talk(context, `kept the previous file as ${shownPath(context, kept)}`);
  }
  for (const message of [...(issued?.warnings ?? []).map((one) => one.message), ...warnings]) {
    talk(context, `warning: ${sayWhy(message)}`);
  }
  if (!isServerChecked) {
    talk(context, `There is no server certificate here: check that the server's certificate covers ${host}.`);
  }
  talk(
    context,
    hasKey
      ? "It contains the device's private key: transfer it as a secret, then delete it."
      : "It contains no private key: put the device's own key at /etc/rauc/update/device.key.",
  );
  tellHowToInstall(context, id);
}
