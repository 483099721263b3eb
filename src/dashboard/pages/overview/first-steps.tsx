import type { OverviewJson } from '../../../contract/overview';
import { Icon } from '../../parts/icon';
import { Section } from '../../parts/page';
import { text } from '../../texts';
import { CertificateHelp, KitHelp, ReleaseHelp, UploadHelp } from './step-helps';

const { step: words } = text.overview;

interface FirstStepsProps {
  readonly steps: OverviewJson['first_steps'];
  /** Whether devices already poll: then open steps are folded, because what devices do comes first. */
  readonly isFleet: boolean;
}

/** Leads from an empty server to the first proven device, and then disappears. */
export function FirstSteps({ steps, isFleet }: FirstStepsProps) {
  if (steps.has_report) return null;
  const list = [
    { isDone: steps.has_bundle, ...words.bundle, Help: UploadHelp },
    { isDone: steps.has_release, ...words.release, Help: ReleaseHelp },
    { isDone: steps.has_device_certificate, ...words.certificate, Help: CertificateHelp },
    { isDone: steps.has_device, ...words.device, Help: KitHelp },
    { isDone: steps.has_report, ...words.report, Help: null },
  ];
  const next = list.findIndex(({ isDone }) => !isDone);
  const content = (
    <>
      <p class="muted">
        {text.overview.firstStepsHint} {words.folder}
      </p>
      <ol class="first-steps">
        {list.map(({ title, text: sentence, Help, isDone }, index) => (
          <li
            key={title}
            class={isDone ? 'is-done' : index === next ? 'is-next' : ''}
            aria-current={index === next ? 'step' : undefined}
          >
            <span class="step-mark" aria-hidden="true">
              {isDone ? <Icon name="check" /> : index + 1}
            </span>
            <div>
              <h3>
                {title}
                <span class="off-screen">
                  ,{' '}
                  {isDone
                    ? text.overview.isDone
                    : index === next
                      ? text.overview.isNext
                      : text.overview.isOpen}
                </span>
              </h3>
              {!isDone && <p class="muted">{sentence}</p>}
              {!isDone && Help !== null && <Help isNext={index === next} />}
            </div>
          </li>
        ))}
      </ol>
    </>
  );
  const isDone = list.filter((step) => step.isDone).length;
  return (
    <Section title={text.overview.firstSteps}>
      {isFleet ? (
        <details class="why">
          <summary>{words.left(isDone, list.length, list[next]?.title ?? '')}</summary>
          {content}
        </details>
      ) : (
        content
      )}
    </Section>
  );
}
