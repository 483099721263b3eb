import type { EventJson } from '../../../contract/event';
import { text } from '../../texts';
import { factWords } from '../../why-words';

const words = text.events;

interface ChangesProps extends Pick<EventJson, 'before' | 'after'> {
  readonly id: string;
}

/** Values before and after a change, by name. Values that are the same on both sides are left out. */
export function Changes({ id, before, after }: ChangesProps) {
  const [past, present] = [factWords(before), factWords(after)];
  const names = [...new Set([...Object.keys(past), ...Object.keys(present)])];
  const shown = names
    .map((name) => ({ name, old: said(past[name]), now: said(present[name]) }))
    .filter(({ old, now }) => old !== now);
  return (
    <dl id={id} class="changes">
      {shown.map(({ name, old, now }) => (
        <div key={name}>
          <dt>{name.replaceAll('_', ' ')}</dt>
          <dd class="mono">
            {old !== null && (
              <del>
                <span class="off-screen">{words.before} </span>
                {old}
              </del>
            )}
            {now !== null && (
              <ins>
                <span class="off-screen">{words.after} </span>
                {now}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  );
}

/** `null` for a missing value. */
function said(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (Array.isArray(value)) return value.length === 0 ? words.nothing : value.map(said).join(', ');
  return typeof value === 'string' ? value : JSON.stringify(value);
}
