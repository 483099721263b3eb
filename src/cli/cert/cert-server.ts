import { type Command, Option } from 'commander';
import { addCommand } from '../kernel/command';
import { type CliContext, talk } from '../kernel/context';
import { collect, type IssueFlags, issueOptions, issueRequest, printIssued } from './issue-options';

interface Flags extends IssueFlags {
  readonly name?: readonly string[];
  readonly ip?: readonly string[];
  readonly dropName?: readonly string[];
}

export function addCertServer(cert: Command, context: CliContext): void {
  addCommand<Flags>(cert, context, {
    usage: 'server',
    summary: "make the device listener's certificate",
    details:
      "Without --name and --ip it covers this machine's own names and addresses, and the host of SERVER_URL always. With --force it keeps the names, and the type of key, of the certificate that it replaces: every device that uses a name is cut off when that name goes, so drop one only with --drop-name. A running server takes the new certificate over, unless devices asked in the last 7 days for a name that it misses.",
    options: [
      new Option('--name <host>', 'host name that devices use; can be given several times').argParser(
        collect,
      ),
      new Option('--ip <address>', 'IP address that devices use; can be given several times').argParser(
        collect,
      ),
      new Option(
        '--drop-name <host>',
        'name or address of the old certificate that no device uses any more; can be given several times',
      ).argParser(collect),
      ...issueOptions(825),
    ],
    configKeys: ['certsDir', 'serverUrl'],
    examples: [
      'cert server --name updates.example.com',
      'cert server --name updates.example.com --ip 192.0.2.7 --ip 2001:db8::7',
      'cert server --force   # renews it, with the names that it has',
      'cert server --name new.example.com --drop-name old.example.com --force',
    ],
    run: async ({ options, config }) => {
      const files = await context.wiring.certificates(config).createServer({
        ...issueRequest(options),
        names: options.name ?? [],
        ips: options.ip ?? [],
        keepsNames: true,
        host: config.serverUrl === null ? undefined : new URL(config.serverUrl).hostname,
        dropNames: options.dropName ?? [],
      });
      printIssued(context, files, options.json === true);
      if (options.json !== true) talk(context, `it covers ${files.certificate.names.join(', ')}`);
      return 0;
    },
  });
}
