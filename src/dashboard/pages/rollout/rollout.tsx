import { useState } from 'preact/hooks';
import { may } from '../../api/session';
import type { ReleaseDetailsJson } from '../../../contract/release';
import { Loaded } from '../../parts/loaded';
import { Page } from '../../parts/page';
import { useRelease } from '../../parts/release/use-release';
import { RolloutMark } from '../../parts/rollout-mark';
import { text } from '../../texts';
import { ActionDialog } from './action-dialog';
import { type Action, Actions } from './actions';
import { FormerRelease } from './former-release';
import { Policy } from './policy';
import { Steps } from './steps';
import { StopBox } from './stop-box';
import { Timeline } from './timeline';

const above = { label: text.frame.pages.rollouts, href: '/rollouts' };

/** One current release: its progress, and the actions on it. */
export function RolloutPage({ id }: { readonly id: string }) {
  const data = useRelease(id);
  const status = data.failure?.status;
  if (status === 404 || status === 400) return <FormerRelease id={id} />;
  if (data.value === null) {
    return (
      <Page title={text.rollouts.former.title(id)} above={above}>
        <Loaded data={data}>{() => null}</Loaded>
      </Page>
    );
  }
  return (
    <Loaded data={data}>{(release) => <CurrentRelease release={release} reload={data.reload} />}</Loaded>
  );
}

interface CurrentReleaseProps {
  readonly release: ReleaseDetailsJson;
  readonly reload: () => void;
}

function CurrentRelease({ release, reload }: CurrentReleaseProps) {
  const [asked, ask] = useState<Action | null>(null);
  const { id, compatible, channel, version, bundle, rollout } = release;
  return (
    <Page
      title={`${compatible} ${version ?? bundle}`}
      above={above}
      badges={
        <>
          <span class="tag">{channel}</span>
          <RolloutMark rollout={rollout} />
        </>
      }
      actions={may('publish') && <Actions release={release} ask={ask} />}
    >
      <StopBox release={release} ask={ask} />
      <div class="columns main-first">
        <div>
          <Steps release={release} />
          <Timeline releaseId={id} />
        </div>
        <div>
          <Policy release={release} />
        </div>
      </div>
      {asked !== null && (
        <ActionDialog action={asked} release={release} reload={reload} onClose={() => ask(null)} />
      )}
    </Page>
  );
}
