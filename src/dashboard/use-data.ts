import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import { asFailure, type Failure, get } from './api/client';
import type { EventJson } from '../contract/event';
import { listen } from './live';

export interface Data<Json> {
  /** The last good answer. It stays while the next is fetched, and when that fails. */
  readonly value: Json | null;
  readonly failure: Failure | null;
  readonly isLoading: boolean;
  /** What is shown answers the question before, until the answer to this one is there. */
  readonly isOther: boolean;
  /** Fetches again. */
  readonly reload: () => void;
  /** Shows a change before the server has confirmed it; the next answer wins. */
  readonly assume: (value: Json) => void;
}

interface Options {
  /** Which lines of the journal make the answer old. All, when left out. */
  readonly isStale?: (event: EventJson) => boolean;
  /** Also fetched again so often, in milliseconds, while somebody looks. */
  readonly everyMs?: number;
  /** Not more than one fetch in so long, in milliseconds, however much happens. */
  readonly restMs?: number;
}

const defaultRestMs = 1_000;

/**
 * What the API answers at a path, kept fresh: fetched again when the journal tells of a change.
 * @param path `null` for nothing yet
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
        // What was shown for another question would be taken for the answer to this one.
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
          // An answer on its way comes first: where news is faster than answers, none would ever arrive.
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
