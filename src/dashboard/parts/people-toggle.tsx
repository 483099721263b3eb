import { address, setQuery } from '../location';
import { text } from '../texts';

/** Whether the address asks for what people did alone. */
export function isPeopleOnly(): boolean {
  return address.value.query.get('people') === 'true';
}

/** The parameter of the API that asks for it, when the address does. */
export function peopleQuery(): Readonly<Record<string, string>> {
  return isPeopleOnly() ? { people: 'true' } : {};
}

/** Leaves out of a timeline what devices and the server did. It is part of the address. */
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
