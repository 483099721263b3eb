import type { DeviceJson } from '../../../contract/device';
import type { EventJson } from '../../../contract/event';
import { apiPath } from '../../api/client';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { Command } from '../../parts/command';
import { useDeviceToken } from '../../parts/device-token/use-device-token';
import { deviceState } from '../../../contract/device-state';
import { Loaded } from '../../parts/loaded';
import { EmptyState, Page } from '../../parts/page';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { DecisionBadges } from '../devices/decision-badges';
import { isUpToDate } from './answers';
import { DeviceActions } from './device-actions';
import { DeviceBoards } from './device-boards';
import { DeviceFacts } from './device-facts';
import { DeviceHints } from './device-hints';
import { DeviceToken } from './device-token';
import { Explanation, useExplanation } from './explanation';
import { LatestInstallation } from './latest-installation';
import { SeenCertificates } from './seen-certificates';
import { Timeline } from './timeline';

const contactsMs = 15_000;

/** One device: what it is, what it gets and why, and what happened to it. */
export function DevicePage({ id }: { readonly id: string }) {
  const path = linkTo('api', 'devices', id);
  const isAbout = ({ device }: EventJson) => device === id;
  const data = useData<DeviceJson>(path, { isStale: isAbout, everyMs: contactsMs });
  const explanation = useExplanation(id);
  const token = useDeviceToken(id);
  const above = { label: text.frame.pages.devices, href: '/devices' };
  if (data.failure?.status === 404) {
    return (
      <Page title={id} above={above}>
        <UnknownDevice id={id} />
      </Page>
    );
  }
  const device = data.value;
  const state = device === null ? null : deviceState(device, isUpToDate(explanation.value));
  return (
    <Page
      title={id}
      above={above}
      {...(device !== null && {
        badges: (
          <>
            {state !== null && <StateBadge state={state} />}
            <DecisionBadges device={device} />
          </>
        ),
        actions: <DeviceActions device={device} onChange={data.assume} token={token} />,
      })}
    >
      <Loaded data={data}>
        {(shown) => (
          <>
            <DeviceHints device={shown} onChange={data.assume} />
            <div class="columns device-columns">
              <div>
                <LatestInstallation device={shown} onChange={data.assume} />
                <Explanation data={explanation} />
                <Timeline id={id} />
              </div>
              <div>
                <DeviceBoards device={shown} />
                <DeviceFacts device={shown} onChange={data.assume} />
                <DeviceToken id={id} token={token} />
                <SeenCertificates device={shown} onChange={data.reload} />
              </div>
            </div>
          </>
        )}
      </Loaded>
    </Page>
  );
}

function UnknownDevice({ id }: { readonly id: string }) {
  const { one } = text.devices;
  return (
    <EmptyState title={one.unknown(id)}>
      <p>{one.unknownHint}</p>
      {isPlainWord(id) && (
        <>
          <p>{one.unknownSteps}</p>
          <Command line={one.certificateCommand(id)} />
          <Command line={one.kitCommand(id)} />
        </>
      )}
      <div class="actions">
        <a class="button" href={apiPath('/devices', { search: id })}>
          {one.findSimilar(id)}
        </a>
        <a class="button" href="/devices">
          {one.toDevices}
        </a>
      </div>
    </EmptyState>
  );
}

/** The id comes from the address, which anyone may have made up: a shell must read it as a single word. */
function isPlainWord(id: string): boolean {
  return /^[\w.][\w.-]*$/.test(id);
}
