import { JournalTimeline } from '../../parts/journal-timeline';
import { text } from '../../texts';

/** The journal of one release. */
export function Timeline({ releaseId }: { readonly releaseId: number }) {
  return (
    <JournalTimeline
      title={text.rollouts.timeline}
      empty={text.rollouts.timelineEmpty}
      query={{ release: releaseId }}
      isAbout={({ release_id: release }) => release === releaseId}
    />
  );
}
