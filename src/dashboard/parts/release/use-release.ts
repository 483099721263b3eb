import { useRef } from 'preact/hooks';
import type { ReleaseDetailsJson } from '../../../contract/release';
import type { EventJson } from '../../../contract/event';
import { linkTo } from '../../location';
import { type Data, useData } from '../../use-data';

/** The shortest time between two requests, in milliseconds: each answer counts the fleet. */
const restMs = 2_000;
/** Devices come and go without a journal line about the release. */
const everyMs = 60_000;

/** One release with its progress, fetched again when the journal has news about it. */
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
