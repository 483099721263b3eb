import { useRef } from 'preact/hooks';
import type { ReleaseDetailsJson } from '../../../contract/release';
import type { EventJson } from '../../../contract/event';
import { linkTo } from '../../location';
import { type Data, useData } from '../../use-data';

/** A count of the fleet is behind each answer: not more often. */
const restMs = 2_000;
/** Devices come and go without a line about the release. */
const everyMs = 60_000;

/** One release with its progress, fetched again when the journal tells of it. */
export function useRelease(id: number | string): Data<ReleaseDetailsJson> {
  const latest = useRef<ReleaseDetailsJson | null>(null);
  const isStale = ({ kind, release_id: release, compatible, channel }: EventJson) => {
    if (!kind.startsWith('release.')) return release === Number(id);
    const { current: value } = latest;
    return value === null || (value.compatible === compatible && value.channel === channel);
  };
  const data = useData<ReleaseDetailsJson>(linkTo('api', 'releases', id), { isStale, everyMs, restMs });
  latest.current = data.value;
  return data;
}
