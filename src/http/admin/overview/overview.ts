import { z } from 'zod';
import { attentionKinds, maxSubjects } from '../../../core/attention-kind';
import type { ChannelFigures } from '../../../services/overview/describe-fleet';
import type { AdminOptions } from '../kernel/admin-options';
import { releaseWithRolloutJson } from '../../../contract/release';
import { presentWithRollout } from '../rollouts/release-json';
import { defineRoute, type Route } from '../kernel/route';

const count = z.number().int();

export const versionCountJson = z.object({
  version: z.string().nullable().describe('null: not known, or one of the less frequent'),
  devices: count,
});

export const overviewJson = z.object({
  channels: z.array(
    z.object({
      compatible: z.string(),
      channel: z.string(),
      release: releaseWithRolloutJson.nullable(),
      devices: count,
      versions: z.array(versionCountJson).describe('the most frequent first'),
      on_current: count.describe('devices that run the version of the release'),
    }),
  ),
  attention: z.array(
    z.object({
      kind: z.enum(attentionKinds),
      count,
      compatible: z.string().optional(),
      channel: z.string().optional(),
      release_id: count.optional(),
      bundle: z.string().optional(),
      device: z.string().optional(),
      message: z.string().describe('a sentence for people'),
      subjects: z.array(z.string()).optional().describe('what POST /api/attention/dismiss takes'),
    }),
  ),
  devices: z.object({ total: count, seen_last_day: count, waiting: count, held: count }),
  first_steps: z.object({
    has_bundle: z.boolean(),
    has_release: z.boolean(),
    has_device_certificate: z.boolean(),
    has_device: z.boolean(),
    has_report: z.boolean().describe('a device told the end of an installation, or proved one'),
  }),
});

const dismissalJson = z.strictObject({
  kind: z.enum(attentionKinds),
  subjects: z.array(z.string().min(1).max(200)).min(1).max(maxSubjects).describe('as the item names them'),
});

/** A menu of filters is no use with more. */
const maxLabels = 200;

/** The fleet at a glance. */
export function overviewRoutes({ services }: AdminOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/overview',
      scope: 'read',
      operation: 'getOverview',
      summary: 'The fleet at a glance: channels, what needs a person, and how far a new server has come',
      input: {},
      answers: { 200: { description: 'At most two seconds old', schema: overviewJson } },
      problems: ['unavailable', 'configuration'],
      handle: async () => {
        const { channels, attention, devices, firstSteps } = await services.describeFleet();
        const json: z.infer<typeof overviewJson> = {
          channels: channels.map(presentChannel),
          attention: attention.map(({ releaseId, bundleName, deviceId, subjects, ...item }) => ({
            ...item,
            ...(subjects === undefined ? {} : { subjects: [...subjects] }),
            ...(releaseId === undefined ? {} : { release_id: releaseId }),
            ...(deviceId === undefined ? {} : { device: deviceId }),
            ...(bundleName === undefined ? {} : { bundle: bundleName }),
          })),
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
      summary: 'Say that a person has seen an item of the overview: it is not shown again',
      input: {
        body: dismissalJson,
      },
      answers: { 200: { description: 'It is not shown again', schema: dismissalJson } },
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
      answers: {
        200: {
          description: 'The labels',
          schema: z.object({ labels: z.array(z.object({ label: z.string(), devices: count })) }),
        },
      },
      problems: [],
      handle: () => ({ status: 200, json: { labels: [...services.listLabels(maxLabels)] } }),
    }),
  ];
}

function presentChannel({ compatible, channel, release, devices, versions, onCurrent }: ChannelFigures) {
  return {
    compatible,
    channel,
    release: release && presentWithRollout(release),
    devices,
    versions: [...versions],
    on_current: onCurrent,
  };
}
