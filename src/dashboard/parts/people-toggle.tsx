import { address, setQuery } from '../location';
import { text } from '../texts';

/** Whether the address asks only for what people did. */
export function isPeopleOnly(): boolean {
  return address.value.query.get('people') === 'true';
}

/** The matching parameter of the API, if the address asks for it. */
export function peopleQuery(): Readonly<Record<string, string>> {
  return isPeopleOnly() ? { people: 'true' } : {};
}

/** Hides what devices and the server did from a timeline. It is part of the address. */
export function PeopleToggle() {
  const isOn = isPeopleOnly();
  return (
    <label class="people-toggle small" title={text.events.peopleHint}>
      <input
        type="checkbox"
        checked={isOn}
        onChange={({ currentTarget: { checked } }) => setQuery({ people: checked ? 'true' : null })}
      />
      {text.events.people}
    </label>
  );
}
