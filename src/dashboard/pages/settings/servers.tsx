import type { AboutJson, ServerJson } from '../../../contract/server';
import { Section } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { Moment } from '../../parts/time';
import { text } from '../../texts';
import type { Data } from '../../use-data';

const words = text.settings.servers;

/** The servers that share the database, if it can be shared. */
export function Servers({ about }: { readonly about: Data<AboutJson> }) {
  const servers = about.value?.servers ?? [];
  if (servers.length === 0) return null;
  return (
    <Section id="servers" title={words.title}>
      <p class="muted section-hint">{words.hint}</p>
      <Table label={words.title} columns={columns} rows={servers} keyOf={({ name }) => name} />
    </Section>
  );
}

const columns: readonly Column<ServerJson>[] = [
  {
    id: 'name',
    label: words.name,
    isLong: true,
    cell: ({ name, is_this: isThis }) => (
      <>
        {name} {isThis && <span class="muted small">{words.isThis}</span>}
      </>
    ),
  },
  { id: 'role', label: words.role, cell: ({ leads }) => (leads ? words.leads : words.follows) },
  { id: 'version', label: words.version, cell: ({ version }) => version },
  { id: 'started', label: words.started, cell: ({ started_at: at }) => <Moment at={at} /> },
  { id: 'seen', label: words.seen, cell: ({ silent_seconds: seconds }) => words.seconds(seconds) },
  {
    id: 'releases',
    label: words.releases,
    cell: ({ behind }) => (behind === 0 ? words.upToDate : words.behind(behind)),
  },
];
