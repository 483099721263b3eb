import { useState } from 'preact/hooks';
import { apiPath, post } from '../../api/client';
import type { ReleaseWithRolloutJson } from '../../../contract/release';
import type { BackTargetJson } from '../../../contract/release-history';
import { goTo, linkTo } from '../../location';
import { FormDialog } from '../../parts/dialog';
import { Loaded } from '../../parts/loaded';
import { Hint, tell } from '../../parts/notices';
import { ResultWords } from '../../parts/release/result-words';
import { stepWords } from '../../parts/release/steps-mark';
import { text } from '../../texts';
import { useData } from '../../use-data';
import type { ActionDialogProps } from './dialog-props';
import { whyWords } from '../../why-words';

const words = text.rollouts;

/** Shows the release that comes back, where its rollout stood and how it did, before the user confirms. */
export function BackDialog({ release, onClose }: ActionDialogProps) {
  const { compatible, channel } = release;
  const where = words.where(compatible, channel);
  const [isUnprovenAccepted, setUnprovenAccepted] = useState(false);
  const target = useData<BackTargetJson>(apiPath('/api/releases/back', { compatible, channel }), {
    // People decide about what they have read: if that has changed, the server refuses.
    isStale: () => false,
  });
  const { value } = target;
  const isNone = target.failure?.status === 404;
  return (
    <FormDialog
      title={words.backTitle(where)}
      action={words.backAction}
      isDangerous
      isReady={value !== null && !isNone && (value.ever_proven || isUnprovenAccepted)}
      onSubmit={async (fields) => {
        const { id, bundle } = await post<ReleaseWithRolloutJson>('/api/releases/back', {
          compatible,
          channel,
          expected_release: value?.release_id,
          unproven: isUnprovenAccepted,
          resume: fields.get('resume') === 'on',
        });
        tell(words.backDone(bundle));
        goTo(linkTo('rollouts', id));
      }}
      onClose={onClose}
    >
      {isNone ? (
        <p>{target.failure.message}</p>
      ) : (
        <Loaded data={target}>
          {(known) => (
            <Target
              target={known}
              where={where}
              isUnprovenAccepted={isUnprovenAccepted}
              onUnproven={setUnprovenAccepted}
            />
          )}
        </Loaded>
      )}
    </FormDialog>
  );
}

interface TargetProps {
  readonly target: BackTargetJson;
  readonly where: string;
  readonly isUnprovenAccepted: boolean;
  readonly onUnproven: (isAccepted: boolean) => void;
}

function Target({ target, where, isUnprovenAccepted, onUnproven }: TargetProps) {
  const { bundle, policy, result, ever_proven: isProven } = target;
  const { step, steps, state } = result;
  const reached = stepWords(policy.steps.split(',')[step - 1] ?? '');
  return (
    <>
      <p>{words.backText(bundle, where, step, steps, reached)}</p>
      <p>
        <ResultWords result={result} />
      </p>
      {state === 'paused' && (
        <>
          <Hint tone="warn">{words.backPaused(whyWords(result))}</Hint>
          <label class="inline">
            <input type="checkbox" name="resume" />
            {words.backResume}
          </label>
        </>
      )}
      {!isProven && (
        <>
          <Hint tone="bad">{words.backUnproven}</Hint>
          <label class="inline">
            <input
              type="checkbox"
              name="unproven"
              checked={isUnprovenAccepted}
              onChange={(event) => onUnproven(event.currentTarget.checked)}
            />
            {words.backUnprovenAccept}
          </label>
        </>
      )}
    </>
  );
}
