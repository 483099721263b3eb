import type { InstallationJson } from '../../../contract/installation';
import { lookOf } from '../../../contract/state-looks';
import { formatBytes, formatPercent, stateLabel } from '../../format';
import { linkTo } from '../../location';
import { isToClear } from '../../parts/to-clear';
import { Icon, type IconName } from '../../parts/icon';
import { Section } from '../../parts/page';
import { Progress } from '../../parts/progress';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import { carryOutNow, type Subject } from './deed';
import { Remedy } from './device-hints';
import { messageWords } from '../../why-words';

/** The progress of the latest installation, or how it ended. */
export function LatestInstallation(subject: Subject) {
  const { installation, id } = subject.device;
  if (installation === null) return null;
  const { bundle, from_version: from, target_version: to } = installation;
  const message = messageWords(installation);
  const { one } = text.devices;
  return (
    <Section title={one.current}>
      <p class="answer">
        <a href={linkTo('bundles', bundle)}>{bundle}</a>{' '}
        <span class="muted">{one.fromTo(from ?? text.common.unknown, to ?? text.common.unknown)}</span>
      </p>
      <ol class="stepper">
        {stepsOf(installation).map((step) => (
          <StepItem key={step.name} step={step} installation={installation} />
        ))}
      </ol>
      {isToClear(installation) ? (
        <Remedy
          words={<span class="muted">{message ?? one.notTriedAgain}</span>}
          label={one.clearNow}
          onClick={() => carryOutNow(subject, 'clear', one.done.cleared(id))}
        />
      ) : (
        message !== null && <p class="muted">{message}</p>
      )}
    </Section>
  );
}

interface Step {
  readonly name: string;
  readonly state: 'done' | 'current' | 'ahead' | 'skipped' | 'ended';
  readonly at: string | null;
}

const wayThere = ['offered', 'downloading', 'installed', 'proven'] as const;

/** The steps up to proven; if the installation ended earlier, its end replaces the rest. */
function stepsOf(installation: InstallationJson): readonly Step[] {
  const { state, offered_at, started_at, installed_at, ended_at, updated_at } = installation;
  const times = { offered: offered_at, downloading: started_at, installed: installed_at, proven: ended_at };
  const reached = wayThere.findIndex((name) => name === state);
  if (reached >= 0) {
    return wayThere.map((name, index): Step => {
      if (index > reached) return { name, state: 'ahead', at: null };
      const isHere = index === reached && name !== 'proven';
      // A silent device may be proven without reporting the steps in between.
      const isSkipped = index < reached && times[name] === null;
      return { name, state: isHere ? 'current' : isSkipped ? 'skipped' : 'done', at: times[name] };
    });
  }
  const passed = wayThere.filter((name) => name !== 'proven' && times[name] !== null);
  return [
    ...passed.map((name): Step => ({ name, state: 'done', at: times[name] })),
    { name: state, state: 'ended', at: ended_at ?? updated_at },
  ];
}

/** Icons for steps that are over or not reached yet, for which the step itself does not matter. */
const stepIcons: Readonly<Partial<Record<Step['state'], IconName>>> = {
  done: 'check',
  ahead: 'dot',
  skipped: 'dot',
};

interface StepItemProps {
  readonly step: Step;
  readonly installation: InstallationJson;
}

function StepItem({ step: { name, state, at }, installation }: StepItemProps) {
  const { stepState } = text.devices.one;
  const look = lookOf(name);
  const tone =
    state === 'ended' ? look.tone : state === 'done' ? 'good' : state === 'current' ? 'busy' : 'idle';
  return (
    <li class={`step ${tone}`} aria-current={state === 'current' ? 'step' : undefined}>
      <span class="step-mark">
        <Icon name={stepIcons[state] ?? look.shape} />
      </span>
      <span class="step-name">{stateLabel(name)}</span>
      <span class="muted small">
        {at === null ? stepState[state === 'ended' ? 'done' : state] : <Ago at={at} />}
      </span>
      {name === 'downloading' && state === 'current' && <Download installation={installation} />}
    </li>
  );
}

function Download({ installation }: { readonly installation: InstallationJson }) {
  const { progress, bytes_sent: sent, bundle_size: size } = installation;
  const says = sent > size ? text.devices.one.bytesAgain : text.devices.one.bytes;
  return (
    <span class="step-progress">
      <Progress label={text.devices.progress} value={progress === null ? null : progress / 100} />
      <span class="small">
        {progress !== null && `${formatPercent(progress, 100)} · `}
        {says(formatBytes(sent), formatBytes(size))}
      </span>
    </span>
  );
}
