import { useState } from 'preact/hooks';
import { asFailure, post } from '../../api/client';
import type { ReleaseDetailsJson } from '../../../contract/release';
import { formatCount } from '../../format';
import { FormDialog } from '../../parts/dialog';
import { attempt, tell } from '../../parts/notices';
import { text } from '../../texts';
import type { ActionDialogProps } from './dialog-props';
import { audienceOf } from './whom';

const words = text.rollouts;

/** Applies a change to a rollout. If someone else was faster, the page reads it again. @throws Failure */
async function move(
  { id }: ReleaseDetailsJson,
  verb: string,
  body: object,
  reload: () => void,
): Promise<void> {
  try {
    await post(`/api/releases/${id}/${verb}`, body);
  } catch (error) {
    if ([404, 409].includes(asFailure(error).status)) reload();
    throw error;
  }
  reload();
}

/** Promotes from the step that the user saw when asking, whatever has happened since. */
export function PromoteDialog({ release, reload, onClose }: ActionDialogProps) {
  const [{ bundle, rollout, progress }] = useState(release);
  const { step, steps } = rollout;
  const present = progress.steps[step - 1];
  const next = progress.steps[step];
  const failures = progress.failures_in_step;
  return (
    <FormDialog
      title={words.promoteTitle(bundle, step + 1, steps)}
      action={words.promote(step + 1)}
      onSubmit={async () => {
        await move(release, 'promote', { from_step: step }, reload);
        tell(words.promoted(bundle, step + 1));
      }}
      onClose={onClose}
    >
      {next !== undefined && <p>{words.promoteWhom(audienceOf(next.step), formatCount(next.devices))}</p>}
      {present !== undefined && (
        <p class="muted">
          {words.promoteProven(
            formatCount(present.proven),
            formatCount(present.devices),
            present.devices === 1,
          )}
        </p>
      )}
      {failures > 0 && <p class="warn-text">{words.promoteFailures(formatCount(failures))}</p>}
    </FormDialog>
  );
}

function ReasonField({ isRequired = false }: { readonly isRequired?: boolean }) {
  return (
    <label>
      {words.reason}
      <input
        name="reason"
        maxLength={200}
        autoComplete="off"
        required={isRequired}
        {...(isRequired ? { pattern: '.*\\S.*' } : {})}
      />
      <span class="field-hint">{isRequired ? words.abortReasonHint : words.reasonHint}</span>
    </label>
  );
}

function reasonOf(fields: FormData): object {
  const reason = fields.get('reason');
  return typeof reason === 'string' ? { reason } : {};
}

export function PauseDialog({ release, reload, onClose }: ActionDialogProps) {
  const { bundle } = release;
  const resume = () => void attempt(() => move(release, 'resume', {}, reload), words.resumed(bundle));
  return (
    <FormDialog
      title={words.pauseTitle(bundle)}
      action={words.pause}
      onSubmit={async (fields) => {
        await move(release, 'pause', reasonOf(fields), reload);
        tell(words.paused(bundle), resume);
      }}
      onClose={onClose}
    >
      <p>{words.pauseText}</p>
      <ReasonField />
    </FormDialog>
  );
}

export function ResumeDialog({ release, reload, onClose }: ActionDialogProps) {
  const { bundle, rollout, progress } = release;
  const failures = progress.failures_in_step;
  return (
    <FormDialog
      title={words.resumeTitle(bundle)}
      action={words.resume}
      onSubmit={async () => {
        await move(release, 'resume', {}, reload);
        tell(words.resumed(bundle));
      }}
      onClose={onClose}
    >
      <p>{words.resumeText(rollout.step, rollout.steps)}</p>
      {failures === 0 ? (
        <p class="muted">{words.resumeNoFailures}</p>
      ) : (
        <p class="warn-text">{words.resumeFailures(formatCount(failures), failures === 1)}</p>
      )}
    </FormDialog>
  );
}

export function AbortDialog({ release, reload, onClose }: ActionDialogProps) {
  const { bundle, compatible, channel } = release;
  return (
    <FormDialog
      title={words.abortTitle(bundle)}
      action={words.abortAction}
      isDangerous
      onSubmit={async (fields) => {
        await move(release, 'abort', reasonOf(fields), reload);
        tell(words.aborted(bundle));
      }}
      onClose={onClose}
    >
      <p>{words.abortText(bundle, words.where(compatible, channel))}</p>
      <ReasonField isRequired />
    </FormDialog>
  );
}
