import { Icon } from '../../parts/icon';
import { text } from '../../texts';
import { lastContactWords, stateOrNone } from './filter-bar';
import {
  clearFilters,
  type FilterName,
  filterNames,
  type Filters,
  setFilters,
  type ToggleName,
  toggleNames,
} from './view';

/** The active filters; a click removes one. */
export function FilterChips({ filters }: { readonly filters: Filters }) {
  const active = filterNames.filter((name) => filters[name] !== undefined);
  if (active.length === 0) return null;
  return (
    <div class="chips" role="group" aria-label={text.devices.activeFilters}>
      {active.map((name) => {
        const words = chipWords(name, filters[name] ?? '');
        return (
          <button
            key={name}
            type="button"
            class="chip"
            aria-label={text.devices.removeFilter(words)}
            onClick={() => setFilters({ [name]: null })}
          >
            {words}
            <Icon name="close" />
          </button>
        );
      })}
      <button type="button" class="quiet small" onClick={clearFilters}>
        {text.devices.clearFilters}
      </button>
    </div>
  );
}

function isToggle(name: FilterName): name is ToggleName {
  return toggleNames.some((toggle) => toggle === name);
}

const wordsOf: Partial<Record<FilterName, (value: string) => string>> = {
  state: stateOrNone,
  last_contact_before: lastContactWords,
};

function chipWords(name: FilterName, value: string): string {
  if (isToggle(name)) {
    const isYes = value === 'true' || value === '1' || value === 'on';
    return isYes ? text.devices.toggles[name] : text.devices.notToggles[name];
  }
  return text.devices.chip(text.devices.filterNames[name], (wordsOf[name] ?? String)(value));
}
