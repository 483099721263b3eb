import type { ComponentChildren } from 'preact';
import { may } from '../../api/session';
import { apiPath } from '../../api/client';
import type { DeviceJson } from '../../../contract/device';
import { isRefused } from '../../../contract/device-state';
import { pinTermsSentences } from '../../../core/circumstances/pin-sentences';
import { formatMoment } from '../../format';
import { Hint } from '../../parts/notices';
import { now } from '../../parts/time';
import { text } from '../../texts';
import { carryOutNow, type Subject } from './deed';
import { whyWords } from '../../why-words';

/** What people must know first. A hint that a button in the header resolves appears right below it. */
export function DeviceHints(subject: Subject) {
  const { device } = subject;
  const { id, hold, pin, first_contact_at: firstContactAt } = device;
  const { second_board: second, claimed_compatible: claimed, poller_omits: omits } = device;
  const { one } = text.devices;
  return (
    <>
      {hold !== null && <Hint tone="warn">{one.held(hold.by, whyWords(hold))}</Hint>}
      {pin !== null && <PinHint pin={pin} />}
      {isRefused(device) && (
        <Hint tone="bad">
          {one.revoked(id)} <a href={apiPath('/certificates', { search: id })}>{one.certificatesOf(id)}</a>
        </Hint>
      )}
      {second !== null && (
        <Hint tone="warn">
          <Remedy
            words={one.secondBoard}
            label={one.clearNow}
            onClick={() => carryOutNow(subject, 'clear', one.done.cleared(id))}
          />
        </Hint>
      )}
      {claimed !== null && (
        <Hint tone="warn">{one.otherCompatible(claimed, device.certificate_compatibles.join(', '))}</Hint>
      )}
      {omits !== null && omits.length > 0 && <Hint tone="warn">{one.silentPoller(omits.join(';'))}</Hint>}
      {firstContactAt === null && (
        <Hint tone="info">
          {one.silent} {one.silentHint}
        </Hint>
      )}
    </>
  );
}

/** What the device is pinned to and, unless that is installed at once, on which terms. */
function PinHint({ pin: { bundle, by, terms } }: { readonly pin: NonNullable<DeviceJson['pin']> }) {
  const said = terms === null ? [] : pinTermsSentences(terms, now.value, formatMoment);
  return (
    <Hint tone="info">
      <p>{text.devices.one.pinned(bundle, by)}</p>
      {said.map((sentence) => (
        <p key={sentence} class="muted">
          {sentence}
        </p>
      ))}
    </Hint>
  );
}

interface RemedyProps {
  readonly words: ComponentChildren;
  readonly label: string;
  readonly onClick: () => void;
}

/** A sentence and the button that resolves it, for users who may. */
export function Remedy({ words, label, onClick }: RemedyProps) {
  return (
    <div class="remedy">
      <span>{words}</span>
      {may('publish') && (
        <button type="button" class="small" onClick={onClick}>
          {label}
        </button>
      )}
    </div>
  );
}
