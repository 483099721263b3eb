import type { ReleaseResultJson } from '../../../contract/release-history';
import { formatCount } from '../../format';
import { text } from '../../texts';
import { StateBadge } from '../badge';

const words = text.rollouts;

/** What a release came to: where its rollout was left, and how many devices proved it. */
export function ResultWords({ result }: { readonly result: ReleaseResultJson }) {
  const { state, step, steps, reason, devices, proven, failed } = result;
  return (
    <span>
      <StateBadge state={state} {...(reason === null ? {} : { title: reason })} />{' '}
      <span class="small">
        {words.stepOf(step, steps)},{' '}
        {devices === 0
          ? words.resultNobody
          : words.resultProven(formatCount(proven), formatCount(devices), devices === 1)}
        {failed > 0 && <span class="bad-text">{words.resultFailed(formatCount(failed))}</span>}
      </span>
    </span>
  );
}
