import { useRef, useState } from 'preact/hooks';
import { apiPath, get } from '../../api/client';
import type { EventJson } from '../../api/types';
import { type Data, useData } from '../../use-data';
import { tellFailure } from '../notices';

interface Options<Page, Line> {
  readonly path: string;
  readonly query?: Readonly<Record<string, string | number>>;
  readonly linesOf: (page: Page) => readonly Line[];
  readonly isStale: (event: EventJson) => boolean;
}

export interface Pages<Page, Line> {
  /** The newest page: it shows that it is loading, or why not. */
  readonly data: Data<Page>;
  /** All that was fetched, newest first. */
  readonly lines: readonly Line[];
  /** Fetches the next older page; `null` when there is none. */
  readonly more: (() => Promise<void>) | null;
}

const limit = 25;

/** Lines that never change, newest first: new ones come by themselves, older ones when they are asked for. */
export function usePages<
  Page extends { readonly next_before: number | null },
  Line extends { readonly id: number },
>({ path, query = {}, linesOf, isStale }: Options<Page, Line>): Pages<Page, Line> {
  const data = useData<Page>(apiPath(path, { ...query, limit }), { isStale });
  const seen = useRef(new Map<number, Line>());
  /** Where the oldest page goes on; `undefined` before one was asked for. */
  const [older, setOlder] = useState<number | null | undefined>(undefined);
  const first = data.value === null ? [] : linesOf(data.value);

  const isGap =
    first.length === limit && seen.current.size > 0 && !first.some(({ id }) => seen.current.has(id));
  if (isGap) seen.current.clear(); // more came at once than fits in a page: what lies between is not known
  for (const line of first) seen.current.set(line.id, line);
  const lines = [...seen.current.values()].sort((a, b) => b.id - a.id);
  const next = isGap || older === undefined ? (data.value?.next_before ?? null) : older;

  async function more(): Promise<void> {
    try {
      const page = await get<Page>(apiPath(path, { ...query, limit, before: lines.at(-1)?.id }));
      for (const line of linesOf(page)) seen.current.set(line.id, line);
      setOlder(page.next_before);
    } catch (error) {
      tellFailure(error);
    }
  }
  return { data, lines, more: next === null ? null : more };
}
