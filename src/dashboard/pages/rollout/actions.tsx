import type { ReleaseDetailsJson } from '../../../contract/release';
import { Icon } from '../../parts/icon';
import { Menu } from '../../parts/menu';
import { text } from '../../texts';

const words = text.rollouts;

/** What people can do with a rollout; each action asks first. */
export type Action =
  'promote' | 'undo' | 'pause' | 'resume' | 'abort' | 'back' | 'deactivate' | 'again' | 'other';

interface ActionsProps {
  readonly release: ReleaseDetailsJson;
  readonly ask: (action: Action) => void;
}

/** The next step as a button, and the other possible actions after it. */
export function Actions({ release, ask }: ActionsProps) {
  const { state, step, steps, changed_by: by } = release.rollout;
  // In that case the box below says what to do; there, accepting failures is not the first suggestion.
  const isByItself = state === 'paused' && by === 'server';
  const isRunning = state === 'running';
  return (
    <>
      {isRunning && step < steps && (
        <button type="button" class="primary" onClick={() => ask('promote')}>
          <Icon name="rollouts" /> {words.promote(step + 1)}
        </button>
      )}
      {release.undo !== null && (
        <button type="button" onClick={() => ask('undo')}>
          <Icon name="back" /> {words.undo}
        </button>
      )}
      {isRunning && (
        <button type="button" onClick={() => ask('pause')}>
          <Icon name="pause" /> {words.pause}
        </button>
      )}
      {state === 'paused' && !isByItself && (
        <button type="button" class="primary" onClick={() => ask('resume')}>
          {words.resume}
        </button>
      )}
      {state === 'aborted' && (
        <button type="button" class="primary" onClick={() => ask('again')}>
          {words.releaseAgain}
        </button>
      )}
      <Menu label={words.actions} summary={<Icon name="more" />}>
        <button type="button" onClick={() => ask('other')}>
          {words.releaseOther}
        </button>
        <button type="button" onClick={() => ask('back')}>
          {words.back}
        </button>
        {state !== 'aborted' && (
          <button type="button" class="danger" onClick={() => ask('abort')}>
            {words.abort}
          </button>
        )}
        <button type="button" class="danger" onClick={() => ask('deactivate')}>
          {words.deactivate}
        </button>
      </Menu>
    </>
  );
}
