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
    summary: "create or renew the device listener's certificate",
    details:
      "Without --name and --ip the certificate covers this machine's names and addresses. It always covers the host of SERVER_URL. --force replaces the current certificate but keeps its names and key type, because removing a name cuts off every device that uses it; --drop-name removes one on purpose. A running server picks up the new certificate, unless it lacks a name that devices asked for in the last 7 days.",
    options: [
      new Option('--name <host>', 'host name that devices use; repeatable').argParser(collect),
      new Option('--ip <address>', 'IP address that devices use; repeatable').argParser(collect),
      new Option(
        '--drop-name <host>',
        'drop this name or address of the current certificate; repeatable',
      ).argParser(collect),
      ...issueOptions(825),
    ],
    configKeys: ['certsDir', 'serverUrl'],
    examples: [
      'cert server --name updates.example.com',
      'cert server --name updates.example.com --ip 192.0.2.7 --ip 2001:db8::7',
      'cert server --force   # renew it with the same names',
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
