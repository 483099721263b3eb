import { findingWords } from '../why-words';
import { useState } from 'preact/hooks';
import { post } from '../api/client';
import type { BundleListJson } from '../../contract/bundle';
import type {
  MadeReleaseJson,
  ReleaseDefaultsJson,
  ReleaseListJson,
  ReleaseWithRolloutJson,
} from '../../contract/release';
import type { FleetJson } from '../../contract/fleet';
import { formatCount } from '../format';
import { text } from '../texts';
import { useData } from '../use-data';
import { Dialog, FormDialog } from './dialog';
import { FailureBox, tell } from './notices';
import { emptyDraft, type ReleaseDraft, requestOf } from './release/draft';
import { Effect } from './release/effect';
import { PolicyFields } from './release/policy-fields';
import { BundleField, ChannelField, CompatibleField } from './release/target-fields';
import { TimingFields } from './release/timing-fields';
import { undoRelease } from './release/undo-release';
import { usePreview } from './release/use-preview';
import { VersionFields } from './release/version-fields';

const { form: words } = text.rollouts;

interface ReleaseFormProps {
  /** `null` lets the user choose. */
  readonly bundle: string | null;
  /** The bundle's compatible; `null` when unknown. Without a bundle, only bundles for it are offered. */
  readonly compatible: string | null;
  /** The preselected channel. */
  readonly channel?: string;
  readonly onClose: () => void;
  /** Called with the new release, after its confirmation was shown. */
  readonly onDone?: (release: ReleaseWithRolloutJson) => void;
}

/** Makes a bundle current on a channel, and shows the effect first. */
export function ReleaseForm(props: ReleaseFormProps) {
  const { bundle, onClose } = props;
  const { value, failure } = useData<ReleaseDefaultsJson>('/api/releases/defaults', { isStale: () => false });
  if (value !== null) return <KnownForm {...props} defaults={value} />;
  if (failure === null) return null;
  return (
    <Dialog title={titleOf(bundle)} onClose={onClose}>
      <FailureBox error={failure} />
    </Dialog>
  );
}

function titleOf(bundle: string | null): string {
  return bundle === null ? words.titleChoose : words.title(bundle);
}

interface KnownFormProps extends ReleaseFormProps {
  readonly defaults: ReleaseDefaultsJson;
}

function KnownForm({ bundle, compatible, channel = 'stable', defaults, onClose, onDone }: KnownFormProps) {
  const [draft, setDraft] = useState(() => emptyDraft(bundle ?? '', channel, defaults));
  const change = (part: Partial<ReleaseDraft>) => setDraft((old) => ({ ...old, ...part }));
  const fleet = useData<FleetJson>('/api/fleet', { isStale: ({ kind }) => kind === 'device.registered' });
  const releases = useData<ReleaseListJson>('/api/releases', {
    isStale: ({ kind }) => /^(release|rollout)\./.test(kind),
  });
  const bundles = useData<BundleListJson>(bundle === null ? '/api/bundles' : null, {
    isStale: ({ kind }) => kind.startsWith('bundle.'),
  });
  const choices = (bundles.value?.bundles ?? []).filter(
    (one) => compatible === null || one.compatible === null || one.compatible === compatible,
  );
  const known = compatible ?? choices.find(({ name }) => name === draft.bundle)?.compatible ?? null;
  const mustAsk = known === null && draft.bundle !== '';
  const target = known ?? draft.compatible;
  const current = releases.value?.releases ?? [];
  const isComplete = draft.bundle !== '' && target.trim() !== '' && draft.channel.trim() !== '';
  const preview = usePreview(isComplete ? requestOf(draft, target) : null);

  async function submit(): Promise<void> {
    const release = await post<MadeReleaseJson>('/api/releases', requestOf(draft, target));
    const done = words.done(release.bundle, release.compatible, release.channel);
    const notes = [...reachWords(release.reach), ...release.warnings.map(findingWords)];
    tell([done, ...notes].join('. '), () => void undoRelease(release.id));
    onDone?.(release);
  }

  return (
    <FormDialog
      title={titleOf(bundle)}
      action={words.action}
      isWide
      isDeliberate
      onSubmit={submit}
      onClose={onClose}
    >
      {bundle === null && bundles.value !== null && (
        <BundleField draft={draft} change={change} bundles={choices} />
      )}
      <div class="fields two">
        {mustAsk && <CompatibleField draft={draft} change={change} fleet={fleet.value} />}
        <ChannelField
          draft={draft}
          change={change}
          compatible={target}
          fleet={fleet.value}
          releases={current}
        />
      </div>
      {isComplete && <Effect draft={draft} preview={preview} />}
      <PolicyFields draft={draft} change={change} />
      <TimingFields draft={draft} change={change} />
      <VersionFields draft={draft} change={change} />
    </FormDialog>
  );
}

/** Which devices a release leaves out, and which it downgrades. */
function reachWords(reach: MadeReleaseJson['reach']): readonly string[] {
  if (reach === null) return [];
  const { goes_down: down, left_out_newer: newer, left_out_by_from: byFrom } = reach;
  const fitsNobody = reach.devices > 0 && reach.reached + reach.up_to_date === 0;
  return [
    ...(down.devices === 0 ? [] : [words.goesDown(formatCount(down.devices))]),
    ...(newer.devices === 0 ? [] : [words.leftOutNewer(formatCount(newer.devices))]),
    ...(byFrom.devices === 0 ? [] : [words.leftOutByFrom(formatCount(byFrom.devices))]),
    ...(fitsNobody ? [words.fitsNobody] : []),
  ];
}
