import { useEffect, useRef, useState } from 'preact/hooks';
import { apiPath, asFailure, type Failure, get } from '../../api/client';
import type { EventJson, EventPageJson } from '../../../contract/event';
import type { InstallationJson, InstallationPageJson } from '../../../contract/installation';
import { type Data, useData } from '../../use-data';

/** One entry: an installation with its own journal lines, or a line without an installation. */
export type TimelineEntry =
  | { readonly at: string; readonly event: EventJson }
  | { readonly at: string; readonly installation: InstallationJson; readonly events: readonly EventJson[] };

interface TimelineData {
  readonly first: Data<EventPageJson>;
  readonly entries: readonly TimelineEntry[];
  readonly hasMore: boolean;
  readonly failure: Failure | null;
  readonly loadMore: () => Promise<void>;
}

const eventsAtOnce = 50;
/** The server keeps no more per device. */
const keptInstallations = 50;

/**
 * What happened to a device, newest first: new lines arrive automatically, older ones on request.
 * @param isByPeople whether to show only what people did: lines alone, without installations
 */
export function useTimeline(id: string, isByPeople: boolean): TimelineData {
  const isAbout = ({ device }: EventJson) => device === id;
  const pathOf = (before: number | null) =>
    apiPath('/api/events', {
      device: id,
      limit: eventsAtOnce,
      before,
      people: isByPeople ? 'true' : null,
    });
  const first = useData<EventPageJson>(pathOf(null), { isStale: isAbout });
  const { value: attempts } = useData<InstallationPageJson>(
    isByPeople ? null : apiPath('/api/installations', { device: id, limit: keptInstallations }),
    { isStale: isAbout, everyMs: 15_000 },
  );
  /** All lines that were read, including those that newer ones have pushed off the first page. */
  const [known, setKnown] = useState<ReadonlyMap<number, EventJson>>(new Map());
  const [before, setBefore] = useState<number | null | undefined>(undefined);
  const [failure, setFailure] = useState<Failure | null>(null);
  const knownNow = useRef(known);
  knownNow.current = known;

  useEffect(() => {
    const page = first.value;
    if (page === null) return;
    const { events, next_before } = page;
    const isConnected = events.some((event) => knownNow.current.has(event.id));
    // After a long sleep, lines between the new page and the known ones may be missing: then it starts over.
    const older = isConnected ? knownNow.current : new Map<number, EventJson>();
    setKnown(new Map([...older, ...events.map((event) => [event.id, event] as const)]));
    if (!isConnected) setBefore(next_before);
  }, [first.value]);

  async function loadMore(): Promise<void> {
    if (before === undefined || before === null) return;
    setFailure(null);
    try {
      const page = await get<EventPageJson>(pathOf(before));
      setKnown((old) => new Map([...old, ...page.events.map((event) => [event.id, event] as const)]));
      setBefore(page.next_before);
    } catch (error) {
      setFailure(asFailure(error));
    }
  }

  const hasMore = before !== undefined && before !== null;
  const lines = [...known.values()].sort((a, b) => b.id - a.id);
  return { first, entries: merge(lines, attempts?.installations ?? [], hasMore), hasMore, failure, loadMore };
}

/**
 * Places each installation at its latest line. Installations older than the oldest line are added once that part is
 * loaded.
 */
function merge(
  events: readonly EventJson[],
  installations: readonly InstallationJson[],
  hasMore: boolean,
): readonly TimelineEntry[] {
  const ids = new Set(installations.map(({ id }) => id));
  const oldest = hasMore ? (events.at(-1)?.at ?? '') : '';
  const attempts = installations.map((installation) => {
    const own = events.filter(({ installation_id }) => installation_id === installation.id);
    return { at: own[0]?.at ?? installation.updated_at, installation, events: own };
  });
  const others = events.filter(({ installation_id: of }) => of === null || !ids.has(of));
  return [
    ...attempts.filter(({ at }) => at >= oldest),
    ...others.map((event) => ({ at: event.at, event })),
  ].sort((a, b) => (a.at < b.at ? 1 : a.at > b.at ? -1 : 0));
}
