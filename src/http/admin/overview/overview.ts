import { dismissalJson } from '../../../contract/attention';
import { labelListJson } from '../../../contract/fleet';
import { type ChannelJson, overviewJson, type OverviewJson } from '../../../contract/overview';
import type { ChannelFigures } from '../../../services/overview/channel-figures';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { presentWithRollout } from '../rollouts/release-json';
import { presentAttention } from './attention-json';

/** A filter menu with more is useless. */
const maxLabels = 200;

/** The fleet at a glance. */
export function overviewRoutes({ services }: AdminOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/overview',
      scope: 'read',
      operation: 'getOverview',
      summary: 'The fleet at a glance: channels, what needs attention, and the first steps of a new server',
      input: {},
      answers: { 200: { description: 'At most two seconds old', schema: overviewJson } },
      problems: ['unavailable', 'configuration'],
      handle: async () => {
        const { channels, attention, devices, firstSteps } = await services.describeFleet();
        const json: OverviewJson = {
          channels: channels.map(presentChannel),
          attention: attention.map(presentAttention),
          devices: {
            total: devices.total,
            seen_last_day: devices.seenLastDay,
            waiting: devices.waiting,
            held: devices.held,
          },
          first_steps: {
            has_bundle: firstSteps.hasBundle,
            has_release: firstSteps.hasRelease,
            has_device_certificate: firstSteps.hasDeviceCertificate,
            has_device: firstSteps.hasDevice,
            has_report: firstSteps.hasReport,
          },
        };
        return { status: 200, json };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/attention/dismiss',
      scope: 'publish',
      operation: 'dismissAttention',
      summary: 'Dismiss an item of the overview',
      input: {
        body: dismissalJson,
      },
      answers: { 200: { description: 'Dismissed', schema: dismissalJson } },
      problems: ['not-found', 'storage-full', 'unavailable'],
      handle: async ({ input: { body }, actor }) => {
        await services.dismissAttention(body.kind, body.subjects, actor);
        return { status: 200, json: body };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/labels',
      scope: 'read',
      operation: 'listLabels',
      summary: 'Labels of devices, the most frequent first; at most 200',
      input: {},
      answers: { 200: { description: 'The labels', schema: labelListJson } },
      problems: [],
      handle: async () => ({ status: 200, json: { labels: [...(await services.listLabels(maxLabels))] } }),
    }),
  ];
}

function presentChannel({
  compatible,
  channel,
  release,
  devices,
  versions,
  onCurrent,
}: ChannelFigures): ChannelJson {
  return {
    compatible,
    channel,
    release: release && presentWithRollout(release),
    devices,
    versions: [...versions],
    on_current: onCurrent,
  };
}
