import { type Command, Option } from 'commander';
import { addCommand } from '../kernel/command';
import { type CliContext, talk } from '../kernel/context';
import { collect, type IssueFlags, issueOptions, issueRequest, printIssued } from './issue-options';

interface Flags extends IssueFlags {
  readonly name?: readonly string[];
  readonly ip?: readonly string[];
}

export function addCertServer(cert: Command, context: CliContext): void {
  addCommand<Flags>(cert, context, {
    usage: 'server',
    summary: "make the device listener's certificate",
    details:
      "Without --name and --ip it covers this machine's own names and addresses. A running server takes it over.",
    options: [
      new Option('--name <host>', 'host name that devices use; can be given several times').argParser(
        collect,
      ),
      new Option('--ip <address>', 'IP address that devices use; can be given several times').argParser(
        collect,
      ),
      ...issueOptions(825),
    ],
    configKeys: ['certsDir'],
    examples: [
      'cert server --name updates.example.com',
      'cert server --name updates.example.com --ip 192.0.2.7 --ip 2001:db8::7 --force',
    ],
    run: async ({ options, config }) => {
      const files = await context.wiring
        .certificates(config)
        .createServer({ ...issueRequest(options), names: options.name ?? [], ips: options.ip ?? [] });
      printIssued(context, files, options.json === true);
      if (options.json !== true) talk(context, `it covers ${files.certificate.names.join(', ')}`);
      return 0;
    },
  });
}
