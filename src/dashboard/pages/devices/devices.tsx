import { useRef, useState } from 'preact/hooks';
import { may } from '../../api/session';
import type { DevicePageJson } from '../../../contract/device';
import type { EventJson } from '../../../contract/event';
import type { FleetJson } from '../../../contract/fleet';
import type { ReleaseListJson } from '../../../contract/release';
import { address } from '../../location';
import { Loaded } from '../../parts/loaded';
import { FailureBox } from '../../parts/notices';
import { Page } from '../../parts/page';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { AddDevice } from './add-device';
import { NoDevices, NoMatch } from './empty-states';
import { CurrentReleases } from './columns';
import { FilterBar } from './filter-bar';
import { FilterChips } from './filter-chips';
import { FleetTable } from './fleet-table';
import { clearFilters, listPath, pageSize, readView } from './view';
import { ViewsMenu } from './views-menu';

const contactsMs = 15_000;
const restMs = 2_000;

/** The status of the answer when someone has changed the address by hand. */
const badAddress = 400;

/** The fleet, one page at a time, however large it is. */
export function DevicesPage() {
  const [isAdding, setAdding] = useState(false);
  const view = readView(address.value.query);
  const shownIds = useRef<ReadonlySet<string>>(new Set());
  const list = useData<DevicePageJson>(listPath(view, view.after, pageSize), {
    isStale: (event) => isAbout(event, shownIds.current),
    everyMs: contactsMs,
    restMs,
  });
  const { value: fleet } = useData<FleetJson>('/api/fleet', { isStale: () => false, everyMs: 60_000 });
  const { value: current } = useData<ReleaseListJson>('/api/releases', {
    isStale: ({ kind }) => kind.startsWith('release.'),
  });
  shownIds.current = new Set(list.value?.devices.map(({ id }) => id));
  const isFiltered = Object.keys(view.filters).length > 0;
  const isEmptyFleet = list.value?.total === 0 && !isFiltered;

  return (
    <Page
      title={text.frame.pages.devices}
      actions={
        <>
          <ViewsMenu view={view} />
          {may('publish') && (
            <button type="button" class="primary" onClick={() => setAdding(true)}>
              {text.devices.add}
            </button>
          )}
        </>
      }
    >
      {!isEmptyFleet && (
        <>
          <FilterBar filters={view.filters} fleet={fleet} releases={current?.releases ?? []} />
          <FilterChips filters={view.filters} />
        </>
      )}
      {list.value === null && list.failure !== null ? (
        <>
          <FailureBox error={list.failure} retry={list.reload} />
          {(isFiltered || list.failure.status === badAddress) && (
            <button type="button" onClick={clearFilters}>
              {text.devices.clearFilters}
            </button>
          )}
        </>
      ) : (
        <Loaded data={list}>
          {(page) => {
            if (isEmptyFleet) return <NoDevices onAdd={() => setAdding(true)} />;
            if (page.total === 0) return <NoMatch />;
            return (
              <CurrentReleases.Provider value={current?.releases ?? []}>
                <FleetTable view={view} page={page} fleet={fleet} list={list} />
              </CurrentReleases.Provider>
            );
          }}
        </Loaded>
      )}
      {isAdding && <AddDevice fleet={fleet} onClose={() => setAdding(false)} />}
    </Page>
  );
}

/** If the list is empty, any new device is news; otherwise only events of the shown devices are. */
function isAbout({ device, kind }: EventJson, shown: ReadonlySet<string>): boolean {
  if (device === null) return false;
  return shown.has(device) || (shown.size === 0 && kind === 'device.registered');
}
