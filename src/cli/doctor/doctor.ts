import { type Command, Option } from 'commander';
import { snakeCase } from '../../base/text/field-names';
import { getOption, optionKeys } from '../../config/options';
import type { DoctorJson } from '../../contract/doctor';
import type { Diagnosis } from '../../core/doctor';
import { findingRemedy, findingSentence, skipSentence } from '../../core/reasons/doctor/sentences';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, shownPath, talk } from '../kernel/context';
import { printableLine } from '../kernel/printable';
import { ProgressLine } from '../kernel/progress-line';

interface DoctorOptions {
  readonly quick?: boolean;
}

export function addDoctor(program: Command, context: CliContext): void {
  addCommand<DoctorOptions>(program, context, {
    usage: 'doctor',
    summary: 'check this installation and suggest fixes',
    details:
      "Checks versions, file modes, disk space, certificates, listeners (with a real handshake), names, proxies, the database, the clock and the hash of every bundle. Works whether the server is running or stopped, and changes nothing. Run it as the server's user, with the server's options. Exits with 1 if there is an error, with 0 if there are only warnings and notes.",
    options: [new Option('--quick', 'compare the sizes of bundles instead of their hashes')],
    configKeys: [...optionKeys.filter((key) => getOption(key).scope === 'server'), 'server'],
    examples: [
      'doctor',
      'doctor --quick --json',
      'doctor --server https://updates.example.com   # through the proxy in front of the admin listener',
    ],
    run: async ({ config, options }) => {
      const isJson = options.json === true;
      let line: ProgressLine | undefined;
      const diagnosis = await context.wiring.doctor(config, {
        isQuick: options.quick === true,
        onProgress({ doneBytes, totalBytes }) {
          line ??= ProgressLine.whereSeen(context, totalBytes, { json: isJson }, 'hashing bundles');
          line?.update(doneBytes);
        },
      });
      line?.clear();
      const isGood = !diagnosis.findings.some(({ severity }) => severity === 'error');
      if (isJson) printJson(context, doctorJsonOf(isGood, diagnosis));
      else tell(context, diagnosis);
      return isGood ? 0 : 1;
    },
  });
}

function doctorJsonOf(ok: boolean, { findings, skipped }: Diagnosis): DoctorJson {
  return {
    ok,
    findings: findings.map(({ reason, ...found }) => ({
      ...found,
      message: findingSentence(reason),
      remedy: findingRemedy(reason),
      reason: reason.code,
      parameters: snakeCase(reason.parameters),
    })),
    skipped: skipped.map(({ check, code }) => ({ check, code, reason: skipSentence(code) })),
  };
}

function tell(context: CliContext, { findings, skipped }: Diagnosis): void {
  for (const { severity, subject, reason } of findings) {
    const told = `${shownSubject(context, subject)}: ${findingSentence(reason)}`;
    print(context, `${severity}: ${printableLine(told)}`);
    print(context, `  ${printableLine(findingRemedy(reason))}`);
  }
  for (const { code } of skipped) talk(context, `not checked: ${skipSentence(code)}`);
  if (findings.length === 0) talk(context, 'no problems found');
}

function shownSubject(context: CliContext, subject: string): string {
  return subject.startsWith('/') ? shownPath(context, subject) : subject;
}
