import type { Command } from 'commander';
import { undoneReleaseJson } from '../../contract/release';
import { AdminClient } from '../kernel/admin-client';
import { addCommand } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { describeState, shownRelease } from './shown-release';
import { releasePath } from './release-show';
import { parseAnswer } from '../kernel/server-answer';

const shownUndone = undoneReleaseJson.extend({ release: shownRelease.nullable() });

export function addUndo(release: Command, context: CliContext): void {
  addCommand(release, context, {
    usage: 'undo <release>',
    summary: 'undo a release that no device has been offered yet',
    details:
      'The previous release becomes current again, with its policy and at its step. Once a device has been offered the release, use `release back` or `rollout abort` instead.',
    configKeys: ['server', 'token', 'tokenFile'],
    examples: ['release undo 12'],
    run: async ({ args, options, config }) => {
      const path = `${releasePath(args)}/undo`;
      const answer = await (await AdminClient.open(context, config)).post(path);
      if (options.json === true) {
        printJson(context, answer);
        return 0;
      }
      const { undone, release: current } = parseAnswer(shownUndone, answer);
      print(context, String(undone));
      if (current === null) talk(context, 'undone; nothing is current there, as before');
      else talk(context, `undone; ${current.bundle} is current again: ${describeState(current)}`);
      return 0;
    },
  });
}
