import { useState } from 'preact/hooks';
import { may } from '../../api/session';
import type { ReleaseListJson, ReleaseWithRolloutJson } from '../../../contract/release';
import { goTo, linkTo } from '../../location';
import { Command } from '../../parts/command';
import { Loaded } from '../../parts/loaded';
import { EmptyState, Page, Section } from '../../parts/page';
import { ReleaseForm } from '../../parts/release-form';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { ReleaseHistory } from './release-history';
import { ReleaseRow } from './release-row';

const words = text.rollouts;

export function RolloutsPage() {
  const [isReleasing, setReleasing] = useState(false);
  const releases = useData<ReleaseListJson>('/api/releases', {
    isStale: ({ kind }) => /^(release|rollout)\./.test(kind),
  });
  const release = may('publish') && (
    <button type="button" class="primary" onClick={() => setReleasing(true)}>
      {words.form.titleChoose}
    </button>
  );
  return (
    <Page title={text.frame.pages.rollouts} actions={release}>
      <Loaded data={releases}>
        {({ releases: current }) =>
          current.length === 0 ? <NothingCurrent /> : <Current releases={current} />
        }
      </Loaded>
      <ReleaseHistory />
      {isReleasing && (
        <ReleaseForm
          bundle={null}
          compatible={null}
          onClose={() => setReleasing(false)}
          onDone={({ id }) => goTo(linkTo('rollouts', id))}
        />
      )}
    </Page>
  );
}

/** Releases that need attention come first. */
function Current({ releases }: { readonly releases: readonly ReleaseWithRolloutJson[] }) {
  const isPaused = ({ rollout }: ReleaseWithRolloutJson) => rollout.state === 'paused';
  const ordered = [...releases.filter(isPaused), ...releases.filter((release) => !isPaused(release))];
  return (
    <Section title={words.current}>
      <ul class="rows">
        {ordered.map((release) => (
          <ReleaseRow key={release.id} release={release} />
        ))}
      </ul>
    </Section>
  );
}

function NothingCurrent() {
  return (
    <Section title={words.current}>
      <EmptyState title={words.emptyTitle}>
        <p class="muted">{words.emptyHint}</p>
        <Command line={words.emptyCommand} />
        <p>
          <a href="/bundles">{words.toBundles}</a>
        </p>
      </EmptyState>
    </Section>
  );
}
