import { type Command, Option } from 'commander';
import { AdminClient } from '../kernel/admin-client';
import { addCommand, addGroup, type Call } from '../kernel/command';
import { type CliContext, print, printJson, talk } from '../kernel/context';
import { describeState, shownRelease } from '../release/shown-release';
import { addShow, releasePath } from '../release/release-show';
import { parseAnswer } from '../kernel/server-answer';
import type { RequestOf } from '../../contract/request';
import type { promoteBody } from '../../contract/rollout';
import type { reasonBody } from '../../contract/request-fields';
import { addRolloutWait } from './rollout-wait';

const configKeys = ['server', 'token', 'tokenFile'] as const;
const reasonOption = new Option('--reason <text>', 'reason to record');

interface ReasonFlags {
  readonly reason?: string;
}

/** `rollout show|wait|promote|pause|resume|abort`, by the id of the release */
export function addRolloutCommands(program: Command, context: CliContext): void {
  const rollout = addGroup(program, 'rollout', 'control how releases reach their devices', [
    'rollout show 12',
    'rollout promote 12',
  ]);
  addShow(rollout, 'rollout', context);
  addRolloutWait(rollout, context);
  addPromote(rollout, context);
  addMove(
    rollout,
    context,
    'pause',
    'stop offering the release to further devices until you resume; running installations continue',
    [reasonOption],
  );
  addMove(rollout, context, 'resume', 'continue a paused rollout; failures so far are accepted', []);
  addMove(rollout, context, 'abort', 'stop offering the release; devices keep what they have', [
    reasonOption,
  ]);
}

function addPromote(rollout: Command, context: CliContext): void {
  addCommand(rollout, context, {
    usage: 'promote <release>',
    summary: 'advance to the next step',
    details: 'If two people promote the same step at once, only the first succeeds.',
    configKeys,
    examples: ['rollout promote 12'],
    run: async (call) => {
      const client = await AdminClient.open(context, call.config);
      const seen = parseAnswer(shownRelease, await client.get(releasePath(call.args)));
      const answer = await client.post<RequestOf<typeof promoteBody>>(`${releasePath(call.args)}/promote`, {
        from_step: seen.rollout.step,
      });
      return tell(context, call, answer);
    },
  });
}

function addMove(
  rollout: Command,
  context: CliContext,
  verb: 'pause' | 'resume' | 'abort',
  summary: string,
  options: readonly Option[],
): void {
  addCommand<ReasonFlags>(rollout, context, {
    usage: `${verb} <release>`,
    summary,
    options,
    configKeys,
    examples: [
      `rollout ${verb} 12${options.length === 0 ? '' : ' --reason "the modem is lost after the update"'}`,
    ],
    run: async (call) => {
      const { reason } = call.options;
      const client = await AdminClient.open(context, call.config);
      const answer = await client.post<RequestOf<typeof reasonBody>>(`${releasePath(call.args)}/${verb}`, {
        reason,
      });
      return tell(context, call, answer);
    },
  });
}

function tell(context: CliContext, { options }: Call<object>, answer: unknown): 0 {
  if (options.json === true) printJson(context, answer);
  else {
    const release = parseAnswer(shownRelease, answer);
    print(context, `${release.id}  ${release.bundle}`);
    talk(context, describeState(release));
  }
  return 0;
}
