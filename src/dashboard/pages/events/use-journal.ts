import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asFailure, type Failure, get } from '../../api/client';
import type { EventJson, EventPageJson } from '../../../contract/event';
import { listen } from '../../live';
import { journalPath } from './filter';

const pageSize = 100;
/** A page that stays open for days must not grow forever: the oldest lines are dropped, and can be fetched again. */
const maxLive = 1_000;
const restMs = 1_000;

interface State {
  /** Newest first; `null` until the server has answered. */
  readonly lines: readonly EventJson[] | null;
  /** Lines newer than the shown ones: they wait until the reader asks for them. */
  readonly arrived: readonly EventJson[];
  /** Whether more lines have arrived than fit into one page. */
  readonly hasGap: boolean;
  readonly before: number | null;
  /** How far back the server has searched, if it stopped before it found a full page. */
  readonly searchedUntil: string | null;
  /** All matching lines up to this one are known. */
  readonly knownTo: number;
  readonly failure: Failure | null;
}

const nothing: State = {
  lines: null,
  arrived: [],
  hasGap: false,
  before: null,
  searchedUntil: null,
  knownTo: 0,
  failure: null,
};

export interface Journal extends State {
  readonly isLoading: boolean;
  /** Adds the lines that have arrived at the top. */
  readonly showArrived: () => void;
  readonly loadOlder: () => Promise<void>;
  readonly reload: () => void;
}

/**
 * The matching lines of the journal, and new ones as they are written. The server filters both.
 * @param isReading whether a line added at the top would move what someone is reading
 */
export function useJournal(filters: Readonly<Record<string, string>>, isReading: () => boolean): Journal {
  const key = journalPath(filters, { limit: pageSize });
  const [state, setState] = useState(nothing);
  const [isLoading, setLoading] = useState(true);
  const wanted = useRef(key);
  wanted.current = key;
  const now = useRef(state);
  now.current = state;

  const load = useCallback(
    async (isFresh: boolean) => {
      setLoading(true);
      try {
        const { lines, hasGap, knownTo: after } = now.current;
        const begins = isFresh || lines === null || (hasGap && !isReading());
        // Searching for all of them again would search the whole journal for each new line.
        const path = begins ? key : journalPath(filters, { limit: pageSize, after });
        const page = await get<EventPageJson>(path);
        if (wanted.current !== key) return;
        setState((old) => (begins || old.lines === null ? fresh(page) : joined(old, page, isReading())));
      } catch (error) {
        if (wanted.current === key) {
          // Lines for other filters would answer another query.
          setState((old) => ({ ...(isFresh ? nothing : old), failure: asFailure(error) }));
        }
      }
      setLoading(false);
    },
    [key],
  );

  useEffect(() => {
    void load(true);
    let timer: ReturnType<typeof setTimeout> | undefined;
    const forget = listen(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        void load(false);
      }, restMs);
    });
    return () => {
      forget();
      clearTimeout(timer);
    };
  }, [load]);

  async function loadOlder(): Promise<void> {
    if (state.before === null) return;
    const page = await get<EventPageJson>(journalPath(filters, { limit: pageSize, before: state.before }));
    if (wanted.current !== key) return;
    setState((old) => ({
      ...old,
      lines: [...(old.lines ?? []), ...page.events],
      before: page.next_before,
      searchedUntil: page.searched_until,
    }));
  }

  return {
    ...state,
    isLoading,
    showArrived: () => (state.hasGap ? void load(true) : setState(withArrived)),
    loadOlder,
    reload: () => void load(true),
  };
}

function fresh(page: EventPageJson): State {
  const { events: lines, next_before: before, searched_until: searchedUntil, last_id: knownTo } = page;
  return { ...nothing, lines, before, searchedUntil, knownTo };
}

/** @param page the lines that are newer than all known ones */
function joined(old: State, page: EventPageJson, isReading: boolean): State {
  const newest = (old.arrived[0] ?? old.lines?.[0])?.id ?? 0;
  const arrived = [...page.events.filter(({ id }) => id > newest), ...old.arrived];
  const isCut = page.next_before !== null;
  if (isCut && !isReading) return fresh(page);
  const next = { ...old, knownTo: Math.max(old.knownTo, page.last_id), failure: null };
  if (!isReading) return withArrived({ ...next, arrived });
  const hasGap = old.hasGap || isCut || arrived.length > pageSize;
  return { ...next, arrived: arrived.slice(0, pageSize), hasGap };
}

function withArrived(old: State): State {
  const all = [...old.arrived, ...(old.lines ?? [])];
  const lines = old.arrived.length > 0 ? all.slice(0, Math.max(maxLive, old.arrived.length)) : all;
  const before = lines.length < all.length ? (lines.at(-1)?.id ?? null) : old.before;
  return { ...old, lines, arrived: [], hasGap: false, before };
}
