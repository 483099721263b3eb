import { useEffect, useRef } from 'preact/hooks';
import type { EventJson, ReleaseDetailsJson } from '../../api/types';
import { listen } from '../../live';
import { type Data, useData } from '../../use-data';

/** A count of the fleet is behind each answer: not more often. */
const restMs = 2_000;
/** Devices come and go without a line about the release. */
const everyMs = 60_000;

/** One release with its progress, fetched again when the journal tells of it. */
export function useRelease(id: number | string): Data<ReleaseDetailsJson> {
  const data = useData<ReleaseDetailsJson>(`/api/releases/${encodeURIComponent(id)}`, {
    isStale: () => false,
    everyMs,
  });
  const latest = useRef(data);
  latest.current = data;
  useEffect(() => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    let lastAt = 0;
    const isStale = ({ kind, release_id: release, compatible, channel }: EventJson) => {
      if (!kind.startsWith('release.')) return release === Number(id);
      const { value } = latest.current;
      return value === null || (value.compatible === compatible && value.channel === channel);
    };
    const forget = listen((events) => {
      if (!events.some(isStale)) return;
      timer ??= setTimeout(
        () => {
          timer = undefined;
          lastAt = Date.now();
          latest.current.reload();
        },
        Math.max(0, lastAt + restMs - Date.now()),
      );
    });
    return () => {
      forget();
      clearTimeout(timer);
    };
  }, [id]);
  return data;
}
