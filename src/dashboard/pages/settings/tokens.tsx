import { useState } from 'preact/hooks';
import { session } from '../../api/session';
import type { TokenJson, TokenListJson } from '../../../contract/token';
import { formatMoment, formatUtc } from '../../format';
import { StateBadge } from '../../parts/badge';
import { Loaded } from '../../parts/loaded';
import { EmptyState, Section } from '../../parts/page';
import { type Column, Table } from '../../parts/table';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import { useData } from '../../use-data';
import { CreateToken } from './create-token';
import { RevokeToken } from './revoke-token';

const words = text.settings.tokens;
/** The command line creates them too, without telling a running server. */
const refreshMs = 60_000;

/** Who may use the admin API. */
export function Tokens() {
  const [isCreating, setCreating] = useState(false);
  const [revoking, setRevoking] = useState<string | null>(null);
  const data = useData<TokenListJson>('/api/tokens', {
    isStale: ({ kind }) => kind.startsWith('token.'),
    everyMs: refreshMs,
  });
  return (
    <Section
      id="tokens"
      title={words.title}
      actions={
        <button type="button" onClick={() => setCreating(true)}>
          {words.create}
        </button>
      }
    >
      <p class="muted section-hint">{words.hint}</p>
      <Loaded data={data}>
        {({ tokens }) =>
          tokens.length === 0 ? (
            <EmptyState title={words.none}>
              {session.value?.token_required === false && <p class="muted">{words.noneLocal}</p>}
            </EmptyState>
          ) : (
            <Table
              label={words.title}
              columns={[...columns, actionsColumn(setRevoking)]}
              rows={[...tokens].sort((a, b) => rank(a) - rank(b))}
              keyOf={({ name, created_at: at }) => `${name} ${at}`}
            />
          )
        }
      </Loaded>
      {isCreating && <CreateToken onDone={data.reload} onClose={() => setCreating(false)} />}
      {revoking !== null && (
        <RevokeToken name={revoking} onDone={data.reload} onClose={() => setRevoking(null)} />
      )}
    </Section>
  );
}

/** Valid ones first. */
function rank({ revoked_at: revokedAt }: TokenJson): number {
  return revokedAt === null ? 0 : 1;
}

const columns: readonly Column<TokenJson>[] = [
  { id: 'name', label: words.columns.name, isLong: true, cell: ({ name }) => name },
  {
    id: 'scope',
    label: words.columns.scope,
    cell: ({ scope }) => (
      <span class="tag" title={text.settings.scopes[scope]}>
        {scope}
      </span>
    ),
  },
  {
    id: 'state',
    label: words.columns.state,
    cell: ({ revoked_at: at }) =>
      at === null ? (
        <StateBadge state="valid" />
      ) : (
        <StateBadge
          state="revoked"
          title={`${words.revokedAt(formatMoment(new Date(at)))}\n${formatUtc(new Date(at))}`}
        />
      ),
  },
  {
    id: 'created',
    label: words.columns.created,
    isLong: true,
    cell: ({ created_at: at, created_by: by }) => (
      <>
        <Ago at={at} /> <span class="muted small">{words.by(by)}</span>
      </>
    ),
  },
];

function actionsColumn(onRevoke: (name: string) => void): Column<TokenJson> {
  return {
    id: 'actions',
    label: words.columns.actions,
    isAction: true,
    cell: ({ name, revoked_at: at }) =>
      at === null && (
        <div class="row-actions">
          <button
            type="button"
            class="small danger"
            aria-label={words.revokeOf(name)}
            onClick={() => onRevoke(name)}
          >
            {words.revoke}
          </button>
        </div>
      ),
  };
}
