import { failedStates } from '../../../core/installation-states';
import type { ReleaseDetailsJson } from '../../../contract/release';
import { may } from '../../api/session';
import { formatCount, stateWord } from '../../format';
import { Hint } from '../../parts/notices';
import { installationsOf } from '../../parts/release/progress-bar';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import type { Action } from './actions';
import { whyWords } from '../../why-words';

const words = text.rollouts;

interface StopBoxProps {
  readonly release: ReleaseDetailsJson;
  readonly ask: (action: Action) => void;
}

/** Why a rollout has stopped, and what to do about it. */
export function StopBox({ release, ask }: StopBoxProps) {
  const { state, changed_by: by, changed_at: at } = release.rollout;
  if (state === 'running') return null;
  const reason = whyWords(release.rollout);
  const isByItself = state === 'paused' && by === 'server';
  const title = isByItself
    ? words.stoppedTitle
    : state === 'paused'
      ? words.pausedTitle(by)
      : words.abortedTitle(by);
  return (
    <section class="stop-box" aria-label={title}>
      <Hint tone={state === 'aborted' ? 'bad' : 'warn'}>
        <h2>
          {title}
          {reason !== null && `: ${reason}`}
        </h2>
        <p class="small">
          <Ago at={at} />
        </p>
        {isByItself && <ToDo release={release} ask={ask} />}
        {state === 'aborted' && <p>{words.abortedText}</p>}
        {state === 'paused' && !isByItself && <p>{words.pauseText}</p>}
      </Hint>
    </section>
  );
}

function ToDo({ release, ask }: StopBoxProps) {
  const { steps } = release.progress;
  const failures = failedStates
    .map((state) => ({ state, count: installationsOf(steps, state) }))
    .filter(({ count }) => count > 0);
  const linkOf = (state: string) => `/devices?release=${release.id}&state=${state}`;
  return (
    <>
      <ol>
        <li>
          {words.todo.look}{' '}
          {failures.map(({ state, count }, index) => (
            <span key={state}>
              {index > 0 && ', '}
              <a href={linkOf(state)}>{`${formatCount(count)} ${stateWord(state)}`}</a>
            </span>
          ))}
          {failures.length === 0 && words.todo.noneShown}
        </li>
        <li>{words.todo.fix}</li>
        <li>{words.todo.accept}</li>
        <li>{words.todo.abort}</li>
      </ol>
      {may('publish') && (
        <div class="actions">
          <button type="button" onClick={() => ask('back')}>
            {words.back}
          </button>
          <button type="button" onClick={() => ask('resume')}>
            {words.resume}
          </button>
          <button type="button" class="danger" onClick={() => ask('abort')}>
            {words.abort}
          </button>
        </div>
      )}
    </>
  );
}
