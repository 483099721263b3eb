import { useState } from 'preact/hooks';
import { eventKinds } from '../../../core/event';
import { setQuery } from '../../location';
import { PeopleToggle } from '../../parts/people-toggle';
import { QueryField } from '../../parts/query-field';
import { text } from '../../texts';
import { filterNames, toInstant, toLocal } from './filter';

const words = text.events;

/** Every filter is part of the address. On a phone, the filters are behind a button. */
export function EventFilters({ filters }: { readonly filters: Readonly<Record<string, string>> }) {
  const count = Object.keys(filters).length;
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button
        type="button"
        class="event-filter-toggle"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
      >
        {count === 0 ? words.filters : words.filtersOn(count)}
      </button>
      <div class={`filters event-filters ${isOpen ? 'open' : ''}`} role="group" aria-label={words.filters}>
        <KindFilter kind={filters['kind'] ?? ''} />
        <QueryField name="device" label={words.device} maxLength={64} />
        <QueryField name="bundle" label={words.bundle} maxLength={200} />
        <QueryField name="compatible" label={words.compatible} maxLength={200} />
        <QueryField name="actor" label={words.actor} placeholder={words.actorHint} />
        <QueryField name="since" label={words.since} type="datetime-local" show={toLocal} keep={toInstant} />
        <QueryField name="until" label={words.until} type="datetime-local" show={toLocal} keep={toInstant} />
        <PeopleToggle />
        {count > 0 && (
          <button
            type="button"
            onClick={() => setQuery(Object.fromEntries(filterNames.map((name) => [name, null])))}
          >
            {words.clear}
          </button>
        )}
      </div>
    </>
  );
}

/** First the noun, then what happened to it: `device.` or `device.held` in the address. */
function KindFilter({ kind }: { readonly kind: string }) {
  const [group = ''] = kind.split('.');
  const ofGroup = eventKinds.filter((one) => one.startsWith(`${group}.`));
  return (
    <>
      <label>
        {words.about}
        <select
          value={group}
          onChange={({ currentTarget: { value } }) => setQuery({ kind: value === '' ? null : `${value}.` })}
        >
          <option value="">{words.everything}</option>
          {Object.entries(words.groups).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
        </select>
      </label>
      {ofGroup.length > 0 && (
        <label>
          {words.kind}
          <select value={kind} onChange={({ currentTarget: { value } }) => setQuery({ kind: value })}>
            <option value={`${group}.`}>{words.anyKind}</option>
            {ofGroup.map((one) => (
              <option key={one} value={one}>
                {words.kinds[one]}
              </option>
            ))}
          </select>
        </label>
      )}
    </>
  );
}
