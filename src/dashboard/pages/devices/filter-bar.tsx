import { useState } from 'preact/hooks';
import { installationStates } from '../../../core/installation-states';
import type { ReleaseJson } from '../../../contract/release';
import type { FleetJson, LabelListJson } from '../../../contract/fleet';
import { formatCount, formatMoment, stateLabel } from '../../format';
import { QueryField } from '../../parts/query-field';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { type Choice, choicesOf } from './choices';
import { type FilterName, type Filters, setFilters } from './view';

interface FilterBarProps {
  readonly filters: Filters;
  readonly fleet: FleetJson | null;
  /** The current releases. */
  readonly releases: readonly ReleaseJson[];
}

const silences = ['1h', '1d', '7d', '30d'].map((value) => ({ value, devices: null }));

/** The filters of the list. On a phone all but the search are behind a button. */
export function FilterBar({ filters, fleet, releases }: FilterBarProps) {
  const [isOpen, setOpen] = useState(false);
  const states = choicesOf(fleet, 'state');
  const known = [...installationStates, 'none'].map((value) => ({
    value,
    devices: states.find((state) => state.value === value)?.devices ?? null,
  }));
  return (
    <div class={`fleet-filters ${isOpen ? 'open' : ''}`}>
      <QueryField
        name="search"
        type="search"
        class="search"
        label={text.devices.search}
        isCompact
        placeholder={text.devices.searchHint}
        clears={['after', 'page']}
      />
      <button type="button" class="filter-toggle" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
        {text.devices.filters}
      </button>
      <div class="toggles" role="group" aria-label={text.devices.columns.decisions}>
        {(['held', 'pinned', 'waiting'] as const).map((name) => (
          <button
            key={name}
            type="button"
            aria-pressed={filters[name] === 'true'}
            onClick={() => setFilters({ [name]: filters[name] === 'true' ? null : 'true' })}
          >
            {text.devices.toggles[name]}
          </button>
        ))}
      </div>
      <div class="filter-fields">
        <FilterMenu name="state" filters={filters} choices={known} wordOf={stateOrNone} />
        <FilterMenu name="version" filters={filters} choices={choicesOf(fleet, 'system_version')} />
        <FilterMenu name="compatible" filters={filters} choices={choicesOf(fleet, 'compatible')} />
        <FilterMenu name="channel" filters={filters} choices={choicesOf(fleet, 'channel')} />
        <LabelFilter filters={filters} />
        <FilterMenu
          name="last_contact_before"
          filters={filters}
          choices={silences}
          wordOf={lastContactWords}
        />
        <ReleaseFilter filters={filters} releases={releases} />
      </div>
    </div>
  );
}

export function stateOrNone(state: string): string {
  return state === 'none' ? text.devices.noInstallation : stateLabel(state);
}

/** A time span or a moment: the address may have either. */
export function lastContactWords(value: string): string {
  const [, amount, unit] = /^(\d+)([mhd])$/.exec(value) ?? [];
  if (amount !== undefined) return text.devices.overAgo(Number(amount), unit as 'm' | 'h' | 'd');
  const moment = new Date(value);
  return text.devices.before(Number.isNaN(moment.getTime()) ? value : formatMoment(moment));
}

interface FilterMenuProps {
  readonly name: FilterName & keyof typeof text.devices.any;
  readonly filters: Filters;
  readonly choices: readonly Choice[];
  readonly wordOf?: (value: string) => string;
}

function FilterMenu({ name, filters, choices, wordOf = String }: FilterMenuProps) {
  const value = filters[name] ?? '';
  const isKnown = value === '' || choices.some((choice) => choice.value === value);
  const shown = isKnown ? choices : [{ value, devices: null }, ...choices];
  return (
    <select
      aria-label={text.devices.filterNames[name]}
      class={value === '' ? '' : 'active'}
      value={value}
      onChange={(event) => setFilters({ [name]: event.currentTarget.value })}
    >
      <option value="">{text.devices.any[name]}</option>
      {shown.map((choice) => (
        <option key={choice.value} value={choice.value}>
          {wordOf(choice.value)}
          {choice.devices !== null && ` (${formatCount(choice.devices)})`}
        </option>
      ))}
    </select>
  );
}

/** A menu if the server lists the labels, otherwise a text field. */
function LabelFilter({ filters }: { readonly filters: Filters }) {
  const { value: known } = useData<LabelListJson>('/api/labels', { isStale: () => false, everyMs: 60_000 });
  if (known === null) {
    return (
      <input
        key={filters.label}
        type="text"
        aria-label={text.devices.filterNames.label}
        placeholder={text.devices.any.label}
        maxLength={64}
        defaultValue={filters.label ?? ''}
        onChange={(event) => setFilters({ label: event.currentTarget.value.trim() })}
      />
    );
  }
  const choices = known.labels.map(({ label, devices }) => ({ value: label, devices }));
  return <FilterMenu name="label" filters={filters} choices={choices} />;
}

function ReleaseFilter({ filters, releases }: Pick<FilterBarProps, 'filters' | 'releases'>) {
  return (
    <FilterMenu
      name="release"
      filters={filters}
      choices={releases.map(({ id }) => ({ value: String(id), devices: null }))}
      wordOf={(id) => {
        const release = releases.find((one) => String(one.id) === id);
        return release === undefined
          ? text.devices.release(id)
          : text.devices.releaseOf(release.bundle, release.channel);
      }}
    />
  );
}
