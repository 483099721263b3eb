import { useState } from 'preact/hooks';
import { deliveryLook } from '../../../contract/state-looks';
import type { DeliveryJson, DeliveryPageJson, ReplayedAllJson } from '../../../contract/webhook-delivery';
import { apiPath, post } from '../../api/client';
import { formatCount } from '../../format';
import { linkTo } from '../../location';
import { StateBadge } from '../../parts/badge';
import { Command } from '../../parts/command';
import { Loaded } from '../../parts/loaded';
import { attempt, tell } from '../../parts/notices';
import { type Column, Table } from '../../parts/table';
import { Ago } from '../../parts/time';
import { text } from '../../texts';
import { lastErrorWords } from '../../why-words';
import { type Data, useData } from '../../use-data';
import { kindWord } from './kind-word';

const words = text.settings.webhooks.deliveries;
const shown = 10;
/** Retries leave no line in the journal. */
const refreshMs = 15_000;

interface DeliveriesProps {
  readonly name: string;
  readonly onChange: () => void;
}

/** What a webhook has not received, fetched on demand. */
export function Deliveries(props: DeliveriesProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="why" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary aria-label={words.of(props.name)}>{words.title}</summary>
      {isOpen && <Undelivered {...props} />}
    </details>
  );
}

function Undelivered({ name, onChange }: DeliveriesProps) {
  const path = linkTo('api', 'webhooks', name);
  const givenUp = useDeliveries(path, 'gave-up');
  const waiting = useDeliveries(path, 'waiting');

  function reload(): void {
    givenUp.reload();
    waiting.reload();
    onChange();
  }

  async function replay(event: number): Promise<void> {
    await attempt(() => post(`${path}/deliveries/${event}/replay`), words.replayed(event));
    reload();
  }

  async function replayAll(): Promise<void> {
    await attempt(async () => {
      const { replayed, more } = await post<ReplayedAllJson>(`${path}/replay`);
      tell(more ? words.replayedSome(replayed) : words.replayedAll(replayed));
    }, null);
    reload();
  }

  return (
    <Loaded data={givenUp}>
      {(lost) => (
        <Loaded data={waiting}>
          {(late) => {
            const rows = [...lost.deliveries, ...late.deliveries];
            if (rows.length === 0) return <p class="muted">{words.none}</p>;
            return (
              <>
                <Table
                  label={words.of(name)}
                  columns={[...columns, actionsColumn(replay)]}
                  rows={rows}
                  keyOf={({ event }) => event}
                />
                {lost.deliveries.length > 0 && (
                  <p>
                    <button type="button" class="small" onClick={() => void replayAll()}>
                      {words.replayAll}
                    </button>
                  </p>
                )}
                {(lost.next_before ?? late.next_before) !== null && (
                  <>
                    <p class="muted">{words.only}</p>
                    <Command line={words.command(name)} />
                  </>
                )}
              </>
            );
          }}
        </Loaded>
      )}
    </Loaded>
  );
}

function useDeliveries(path: string, state: DeliveryJson['state']): Data<DeliveryPageJson> {
  return useData<DeliveryPageJson>(apiPath(`${path}/deliveries`, { state, limit: shown }), {
    isStale: ({ kind }) => kind.startsWith('webhook.'),
    everyMs: refreshMs,
  });
}

const columns: readonly Column<DeliveryJson>[] = [
  {
    id: 'event',
    label: words.columns.event,
    cell: ({ event, kind }) => (
      <>
        {kind === null ? words.gone : kindWord(kind)} <span class="muted small">{event}</span>
      </>
    ),
  },
  {
    id: 'state',
    label: words.columns.state,
    cell: ({ state, attempts }) => <StateBadge state={deliveryLook(state, attempts)} />,
  },
  {
    id: 'attempts',
    label: words.columns.attempts,
    isNumber: true,
    cell: ({ attempts }) => formatCount(attempts),
  },
  {
    id: 'next',
    label: words.columns.next,
    cell: ({ next_attempt_at: at }) => at !== null && <Ago at={at} />,
  },
  { id: 'error', label: words.columns.error, isLong: true, cell: lastErrorWords },
];

function actionsColumn(onReplay: (event: number) => Promise<void>): Column<DeliveryJson> {
  return {
    id: 'actions',
    label: words.columns.actions,
    isAction: true,
    cell: ({ event, kind }) =>
      kind !== null && (
        <div class="row-actions">
          <button
            type="button"
            class="small"
            aria-label={words.replayOf(event)}
            onClick={() => void onReplay(event)}
          >
            {words.replay}
          </button>
        </div>
      ),
  };
}
