import type { ReleaseResultJson } from '../../../contract/release-history';
import { formatCount, formatPercent } from '../../format';
import { text } from '../../texts';
import { StateBadge } from '../badge';
import { whyWords } from '../../why-words';

const words = text.rollouts;

interface ResultWordsProps {
  readonly result: ReleaseResultJson;
  /** The bundle that replaced it. */
  readonly endedBy?: string | null;
}

/** How a release ended: where its rollout stopped, and how many devices proved it. */
export function ResultWords({ result, endedBy = null }: ResultWordsProps) {
  const { outcome, step, steps, devices, proven, failed, total } = result;
  const reason = whyWords(result);
  const silent = total?.silent ?? 0;
  const isCounted = total !== null && total.devices > 0;
  return (
    <span>
      <StateBadge state={outcome} {...(reason === null ? {} : { title: reason })} />{' '}
      <span class="small">
        {outcome === 'rolled-back-to' && endedBy !== null && words.resultTo(endedBy)}
        {outcome !== 'complete' && isCounted && words.resultAt(formatPercent(total.proven, total.devices))}
        {words.stepOf(step, steps)},{' '}
        {devices === 0
          ? words.resultNobody
          : words.resultProven(formatCount(proven), formatCount(devices), devices === 1)}
        {failed > 0 && <span class="bad-text">{words.resultFailed(formatCount(failed))}</span>}
        {silent > 0 && words.resultSilent(formatCount(silent))}
      </span>
    </span>
  );
}
