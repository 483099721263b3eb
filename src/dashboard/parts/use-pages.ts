import { useRef, useState } from 'preact/hooks';
import { apiPath, get } from '../api/client';
import type { EventJson } from '../../contract/event';
import { type Data, useData } from '../use-data';
import { tellFailure } from './notices';

interface Options<Page, Line> {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly linesOf: (page: Page) => readonly Line[];
  readonly isStale: (event: EventJson) => boolean;
}

export interface Pages<Page, Line> {
  /** The newest page, which shows that it is loading or why it failed. */
  readonly data: Data<Page>;
  /** All known lines, newest first. */
  readonly lines: readonly Line[];
  /** Fetches the next older page; `null` when there is none. */
  readonly more: (() => Promise<void>) | null;
}

interface Older<Line> {
  readonly lines: readonly Line[];
  readonly next: number | null;
}

const pageSize = 25;
/** A page that stays open while a fleet comes and goes must not grow forever. */
const maxLines = 1_000;

/** Lines that never change, newest first: new ones arrive automatically, older ones on request. */
export function usePages<
  Page extends { readonly next_before: number | null },
  Line extends { readonly id: number },
>({ path, query = {}, linesOf, isStale }: Options<Page, Line>): Pages<Page, Line> {
  const data = useData<Page>(apiPath(path, { ...query, limit: pageSize }), { isStale });
  /** The lines after the newest page, once they have been requested. */
  const older = useRef<Older<Line> | null>(null);
  const [, redraw] = useState({});
  const newest = data.value === null ? [] : linesOf(data.value);
  older.current = followOn(newest, older.current);
  const lines = older.current?.lines ?? newest;
  const next = older.current === null ? (data.value?.next_before ?? null) : older.current.next;

  async function more(): Promise<void> {
    if (next === null) return;
    try {
      const page = await get<Page>(apiPath(path, { ...query, limit: pageSize, before: next }));
      older.current = { lines: [...lines, ...linesOf(page)], next: page.next_before };
      redraw({});
    } catch (error) {
      tellFailure(error);
    }
  }
  return { data, lines, more: next === null ? null : more };
}

/** Adds new lines before the known ones. Starts over if lines between them are missing. */
function followOn<Line extends { readonly id: number }>(
  newest: readonly Line[],
  known: Older<Line> | null,
): Older<Line> | null {
  const newestKnown = known?.lines[0]?.id;
  if (known === null || newestKnown === undefined) return null;
  const added = newest.filter(({ id }) => id > newestKnown);
  const isGap = added.length > 0 && added.length === newest.length;
  if (isGap || added.length + known.lines.length > maxLines) return null;
  return added.length === 0 ? known : { ...known, lines: [...added, ...known.lines] };
}
