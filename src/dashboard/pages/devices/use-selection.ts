import { useEffect, useRef, useState } from 'preact/hooks';
import { get } from '../../api/client';
import type { DeviceJson, DevicePageJson } from '../../../contract/device';
import { type FleetView, listPath } from './view';

/** The server's limit for one action. */
export const maxSelected = 1_000;
const fetchedAtOnce = 250;

export interface FleetSelection {
  /** As they were when selected, or newer: the state that an undo restores. */
  readonly devices: ReadonlyMap<string, DeviceJson>;
  /** How many were found so far, while all matching devices are being selected. */
  readonly fetched: number | null;
  readonly choose: (ids: ReadonlySet<string>) => void;
  readonly chooseAll: () => Promise<void>;
  readonly clear: () => void;
}

/** The selected devices. Changing filters or the page clears the selection. */
export function useSelection(view: FleetView, shown: readonly DeviceJson[]): FleetSelection {
  const [devices, setDevices] = useState<ReadonlyMap<string, DeviceJson>>(new Map());
  const [fetched, setFetched] = useState<number | null>(null);
  const key = listPath(view, view.after, maxSelected);
  const current = useRef(key);
  useEffect(() => {
    if (current.current === key) return;
    current.current = key;
    setDevices(new Map());
    setFetched(null);
  }, [key]);

  async function chooseAll(): Promise<void> {
    const chosen = new Map<string, DeviceJson>();
    let after: string | null = null;
    setFetched(0);
    try {
      do {
        const page: DevicePageJson = await get(listPath(view, after, fetchedAtOnce));
        if (current.current !== key) return; // the user has moved on by now
        for (const device of page.devices) chosen.set(device.id, device);
        after = page.next;
        setFetched(chosen.size);
      } while (after !== null && chosen.size < maxSelected);
      setDevices(new Map([...chosen].slice(0, maxSelected)));
    } finally {
      setFetched(null);
    }
  }

  return {
    devices: new Map([
      ...devices,
      ...shown.filter(({ id }) => devices.has(id)).map((one) => [one.id, one] as const),
    ]),
    fetched,
    choose(ids) {
      const known = new Map([...devices, ...shown.map((one) => [one.id, one] as const)]);
      setDevices(new Map([...known].filter(([id]) => ids.has(id))));
    },
    chooseAll,
    clear: () => setDevices(new Map()),
  };
}
