import { may } from '../../api/session';
import { Command } from '../../parts/command';
import { EmptyState } from '../../parts/page';
import { text } from '../../texts';
import { clearFilters } from './view';

/** No device has ever connected: the way to the first one. */
export function NoDevices({ onAdd }: { readonly onAdd: () => void }) {
  const { firstDevice } = text.devices;
  return (
    <EmptyState title={firstDevice.title}>
      <ol class="first-device">
        <li>
          <p>{firstDevice.certificate}</p>
          <Command line={firstDevice.certificateCommand} />
        </li>
        <li>
          <p>{firstDevice.kit}</p>
          <Command line={firstDevice.kitCommand} />
        </li>
        <li>
          <p>{firstDevice.board}</p>
          <Command line={firstDevice.boardCommand} />
        </li>
      </ol>
      <p class="muted">{firstDevice.then}</p>
      {may('publish') && (
        <button type="button" onClick={onAdd}>
          {text.devices.add}
        </button>
      )}
    </EmptyState>
  );
}

/** There are devices, but none match. */
export function NoMatch() {
  return (
    <EmptyState title={text.devices.noMatch}>
      <button type="button" onClick={clearFilters}>
        {text.devices.clearFilters}
      </button>
    </EmptyState>
  );
}
