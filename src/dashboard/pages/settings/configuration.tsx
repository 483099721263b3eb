import type { AboutJson, OptionJson } from '../../../contract/server';
import { address, setQuery } from '../../location';
import { Loaded } from '../../parts/loaded';
import { Section } from '../../parts/page';
import { QueryField } from '../../parts/query-field';
import { text } from '../../texts';
import type { Data } from '../../use-data';

const words = text.settings.configuration;
/** What the API has for a secret without a value; an option without one has `null`. */
const unsetSecret = 'not set';

/** Every option with its effective value and its source. */
export function Configuration({ about }: { readonly about: Data<AboutJson> }) {
  const { query } = address.value;
  const search = (query.get('option') ?? '').toLowerCase();
  const isOnlySet = query.get('set') === 'true';
  return (
    <Section
      id="configuration"
      title={words.title}
      actions={
        <>
          <label class="inline">
            <input
              type="checkbox"
              checked={isOnlySet}
              onChange={() => setQuery({ set: isOnlySet ? null : 'true' })}
            />
            {words.onlySet}
          </label>
          <QueryField name="option" label={words.search} type="search" class="inline" />
        </>
      }
    >
      <p class="muted section-hint">{words.hint}</p>
      <Loaded data={about}>
        {({ options }) => {
          const shown = options.filter(
            ({ name, doc, is_default: isDefault }) =>
              `${name} ${doc}`.toLowerCase().includes(search) && !(isOnlySet && isDefault),
          );
          if (shown.length === 0) return <p>{words.noMatch}</p>;
          return (
            <ul class="rows options">
              {shown.map((option) => (
                <Option key={option.name} option={option} />
              ))}
            </ul>
          );
        }}
      </Loaded>
    </Section>
  );
}

function Option({
  option: { name, value, source, doc, is_default: isDefault },
}: {
  readonly option: OptionJson;
}) {
  return (
    <li>
      <span class="mono option-name">{name}</span>
      <span>
        {value === null || value === unsetSecret ? (
          <span class="muted">{words.notSet}</span>
        ) : (
          <span class="mono">{value}</span>
        )}
      </span>
      <span class={isDefault ? 'muted small' : 'small'}>{words.sources[source] ?? source}</span>
      <span class="muted small">
        <Doc words={doc} />
      </span>
    </li>
  );
}

/** Text between backticks is for typing. */
function Doc({ words: doc }: { readonly words: string }) {
  return (
    <>{doc.split('`').map((part, index) => (index % 2 === 0 ? part : <code key={index}>{part}</code>))}</>
  );
}
