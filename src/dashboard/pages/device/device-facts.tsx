import { formatDuration } from '../../format';
import { Facts, Section } from '../../parts/page';
import { Ago, Moment } from '../../parts/time';
import { text } from '../../texts';
import type { Subject } from './deed';
import { DeviceLabels } from './device-labels';

/** What a device reports, and what people have noted about it. */
export function DeviceFacts({ device, onChange }: Subject) {
  const { one } = text.devices;
  const { uptime_seconds: uptime, attributes, notes } = device;
  const custom = Object.entries(attributes);
  return (
    <Section title={one.facts}>
      <div class="stack">
        <Facts
          facts={[
            [one.systemVersion, device.system_version],
            [one.compatible, device.compatible],
            device.certificate_compatibles.length === 0
              ? null
              : [one.certificateCompatibles, device.certificate_compatibles.join(', ')],
            device.claimed_compatible === null ? null : [one.claimedCompatible, device.claimed_compatible],
            [one.channel, device.channel],
            [one.lastContact, <Ago key="last" at={device.last_contact_at} />],
            [one.address, device.address],
            [one.serial, device.serial],
            device.variant === null ? null : [one.variant, device.variant],
            [one.uptime, uptime === null ? null : formatDuration(uptime)],
            [one.protocol, device.protocol],
            [one.firstContact, <Moment key="first" at={device.first_contact_at} />],
            [one.machineId, mono(device.machine_id)],
            [one.bootId, mono(device.boot_id)],
          ]}
        />
        <DeviceLabels device={device} onChange={onChange} />
        {notes !== '' && (
          <div>
            <h3>{one.notes}</h3>
            <p class="device-notes">{notes}</p>
          </div>
        )}
        {custom.length > 0 && (
          <div>
            <h3>{one.attributes}</h3>
            <Facts facts={custom.map(([name, value]) => [name, value])} />
          </div>
        )}
      </div>
    </Section>
  );
}

function mono(value: string | null) {
  return value === null ? null : <span class="mono">{value}</span>;
}
