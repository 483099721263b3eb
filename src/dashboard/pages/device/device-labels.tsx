import { useRef, useState } from 'preact/hooks';
import { asFailure, type Failure } from '../../api/client';
import { may } from '../../api/session';
import type { DeviceJson } from '../../../contract/device';
import { Icon } from '../../parts/icon';
import { FailureBox, tellFailure } from '../../parts/notices';
import { text } from '../../texts';
import { KnownWords } from '../devices/known-words';
import { carryOut, type Subject } from './deed';

/**
 * Type to add a label, click to remove it. Changes show before the server confirms them, and are taken back if it
 * refuses.
 */
export function DeviceLabels({ device, onChange }: Subject) {
  const { one } = text.devices;
  const field = useRef<HTMLInputElement>(null);
  const [failure, setFailure] = useState<Failure | null>(null);

  async function add(): Promise<void> {
    const label = field.current?.value.trim() ?? '';
    if (label === '') return;
    setFailure(null);
    try {
      await carryOut({ device, onChange }, 'add-label', one.labelAdded(label), label);
      if (field.current?.value.trim() === label) field.current.value = '';
    } catch (error) {
      setFailure(asFailure(error)); // what was typed stays
    }
  }

  function remove(label: string): void {
    onChange(without(device, label));
    carryOut({ device, onChange }, 'remove-label', one.labelRemoved(label), label).catch((error: unknown) => {
      onChange(device);
      tellFailure(error);
    });
  }

  return (
    <div>
      <h3>{one.labels}</h3>
      <div class="tags device-labels">
        {device.labels.length === 0 && <span class="muted">{text.common.none}</span>}
        {device.labels.map((label) => (
          <span key={label} class="tag">
            {label}
            {may('publish') && (
              <button
                type="button"
                class="quiet"
                aria-label={one.removeLabel(label)}
                onClick={() => remove(label)}
              >
                <Icon name="close" />
              </button>
            )}
          </span>
        ))}
      </div>
      {may('publish') && (
        <form
          class="label-form"
          onSubmit={(event) => {
            event.preventDefault();
            void add();
          }}
        >
          <input
            ref={field}
            aria-label={one.addLabel}
            placeholder={one.addLabel}
            maxLength={64}
            list="known-labels"
            autocomplete="off"
          />
          <button>{one.addLabelButton}</button>
          <KnownWords id="known-labels" of="label" fleet={null} />
        </form>
      )}
      {failure !== null && <FailureBox error={failure} />}
    </div>
  );
}

function without(device: DeviceJson, label: string): DeviceJson {
  return { ...device, labels: device.labels.filter((one) => one !== label) };
}
