import { Counter, Gauge, type Registry } from 'prom-client';
import { rolloutStates } from '../../../core/rollout';
import type { ManageRollouts } from '../../../services/rollouts/manage-rollouts';
import type { SendWebhooks } from '../../../services/webhooks/send-webhooks';
import type { EventStreams } from '../kernel/event-stream';
import type { Shares } from '../kernel/shares';

export interface RolloutFigures {
  readonly manageRollouts: Pick<ManageRollouts, 'list' | 'inProgress'>;
  readonly sendWebhooks: Pick<SendWebhooks, 'counts'>;
}

/** Registers the figures of rollouts, webhooks, event streams, searches and downloads, counted at each scrape. */
export function registerRolloutMetrics(
  register: Registry,
  { manageRollouts, sendWebhooks }: RolloutFigures,
  streams: Pick<EventStreams, 'size' | 'refused'>,
  { searches, downloads }: Readonly<Record<'searches' | 'downloads', Pick<Shares, 'refused'>>>,
): void {
  const registers = [register];
  new Gauge({
    name: 'rauc_rollouts',
    help: 'Current releases by the state of their rollout',
    labelNames: ['state'] as const,
    registers,
    collect() {
      for (const state of rolloutStates) this.set({ state }, 0);
      for (const { rollout } of manageRollouts.list()) this.inc({ state: rollout.state });
    },
  });
  new Gauge({
    name: 'rauc_rollout_step',
    help: 'The step that the rollout of a current release has reached, from 1',
    labelNames: ['compatible', 'channel'] as const,
    registers,
    collect() {
      this.reset();
      for (const { compatible, channel, rollout } of manageRollouts.list())
        this.set({ compatible, channel }, rollout.step + 1);
    },
  });
  new Gauge({
    name: 'rauc_rollout_installations_in_progress',
    help: 'Installations of a current release that are in progress: open offers, and installations that have started',
    labelNames: ['compatible', 'channel'] as const,
    registers,
    async collect() {
      const releases = await Promise.all(
        manageRollouts.list().map(async ({ id, compatible, channel }) => ({
          labels: { compatible, channel },
          installations: await manageRollouts.inProgress(id),
        })),
      );
      this.reset();
      for (const { labels, installations } of releases) this.set(labels, installations);
    },
  });
  new Counter({
    name: 'rauc_webhook_deliveries_total',
    help: 'Webhook deliveries since the server started, by outcome',
    labelNames: ['outcome'] as const,
    registers,
    async collect() {
      const { delivered, failed, gaveUp } = await sendWebhooks.counts();
      this.reset(); // only after counting: two scrapes at once must not add up
      for (const [outcome, count] of Object.entries({ delivered, failed, gave_up: gaveUp }))
        this.inc({ outcome }, count);
    },
  });
  new Gauge({
    name: 'rauc_webhooks_failing',
    help: 'Webhooks whose last delivery failed',
    registers,
    async collect() {
      this.set((await sendWebhooks.counts()).failing);
    },
  });
  new Gauge({
    name: 'rauc_webhook_deliveries_waiting',
    help: 'Webhook deliveries waiting for an attempt',
    registers,
    async collect() {
      this.set((await sendWebhooks.counts()).waiting);
    },
  });
  new Gauge({
    name: 'rauc_webhooks_full',
    help: 'Webhooks with so many waiting deliveries that later events stay in the journal',
    registers,
    async collect() {
      this.set((await sendWebhooks.counts()).full);
    },
  });
  new Gauge({
    name: 'rauc_event_streams',
    help: 'Open event streams',
    registers,
    collect() {
      this.set(streams.size);
    },
  });
  new Counter({
    name: 'rauc_event_streams_refused_total',
    help: 'Event streams refused since the server started, because one caller or all callers together had too many',
    registers,
    collect() {
      this.reset();
      this.inc(streams.refused);
    },
  });
  new Counter({
    name: 'rauc_searches_refused_total',
    help: 'Searches refused since the server started, because one caller or all callers together had too many at a time',
    registers,
    collect() {
      this.reset();
      this.inc(searches.refused);
    },
  });
  new Counter({
    name: 'rauc_admin_downloads_refused_total',
    help: 'Bundle downloads from the admin listener refused since the server started, because there were too many at a time',
    registers,
    collect() {
      this.reset();
      this.inc(downloads.refused);
    },
  });
}
