import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asFailure, type Failure, get } from './api/client';
import type { EventJson } from '../contract/event';
import { listen } from './live';

export interface Data<Json> {
  /** The last good answer. It stays while the next one is fetched, and if that fails. */
  readonly value: Json | null;
  readonly failure: Failure | null;
  readonly isLoading: boolean;
  /** Whether the shown value still answers the previous request. */
  readonly isOther: boolean;
  /** Fetches again. */
  readonly reload: () => void;
  /** Shows a change before the server has confirmed it; the next answer wins. */
  readonly assume: (value: Json) => void;
}

interface Options {
  /** Which journal lines make the answer stale; default: all. */
  readonly isStale?: (event: EventJson) => boolean;
  /** Also fetched again at this interval, in milliseconds, while the page is visible. */
  readonly everyMs?: number;
  /** The shortest time between two fetches, in milliseconds, however much happens. */
  readonly restMs?: number;
}

const defaultRestMs = 1_000;

/**
 * The API's answer at a path, kept up to date: fetched again when the journal reports a change.
 * @param path `null` to fetch nothing yet
 */
export function useData<Json>(path: string | null, options: Options = {}): Data<Json> {
  const [state, setState] = useState<{ path: string | null; value: Json | null; failure: Failure | null }>({
    path,
    value: null,
    failure: null,
  });
  const [isLoading, setLoading] = useState(path !== null);
  const running = useRef<AbortController | null>(null);
  const latest = useRef(options);
  latest.current = options;

  const load = useCallback(async () => {
    if (path === null) return;
    running.current?.abort();
    const mine = new AbortController();
    running.current = mine;
    setLoading(true);
    try {
      const value = await get<Json>(path, mine.signal);
      if (!mine.signal.aborted) setState({ path, value, failure: null });
    } catch (error) {
      if (!mine.signal.aborted) {
        // The answer to another request must not be taken for the answer to this one.
        setState((old) => ({ path, value: old.path === path ? old.value : null, failure: asFailure(error) }));
      }
    }
    if (running.current !== mine) return;
    running.current = null;
    setLoading(false);
  }, [path]);

  useEffect(() => {
    void load();
    return () => running.current?.abort();
  }, [load]);

  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastAt = 0;
    const { everyMs, restMs = defaultRestMs } = latest.current;
    const soon = () => {
      timer ??= setTimeout(
        () => {
          timer = undefined;
          lastAt = Date.now();
          // The running request finishes first: if news came faster than answers, none would ever arrive.
          if (running.current === null) void load();
          else soon();
        },
        Math.max(0, lastAt + restMs - Date.now()),
      );
    };
    const forget = listen((events) => {
      const { isStale } = latest.current;
      if (events.length === 0 || isStale === undefined || events.some(isStale)) soon();
    });
    const regularly =
      everyMs === undefined
        ? undefined
        : setInterval(() => {
            if (!document.hidden && running.current === null) void load();
          }, everyMs);
    return () => {
      forget();
      clearTimeout(timer);
      clearInterval(regularly);
    };
  }, [load]);

  const assume = useCallback((value: Json) => setState({ path, value, failure: null }), [path]);
  return {
    value: state.value,
    failure: state.failure,
    isLoading,
    isOther: state.value !== null && state.path !== path,
    reload: () => void load(),
    assume,
  };
}
