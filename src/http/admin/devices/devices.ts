import { z } from 'zod';
import { deviceSorts, type DeviceQuery } from '../../../ports/fleet-queries';
import type { AdminOptions } from '../kernel/admin-options';
import {
  deviceJson,
  explanationJson,
  installationState,
  presentDevice,
  presentExplanation,
} from './device-json';
import {
  compatible,
  defined,
  deviceId,
  optionalFlag,
  pageLimit,
  wholeNumber,
  word,
} from '../kernel/request-fields';
import { defineRoute, type Route } from '../kernel/route';
import type { Shares } from '../kernel/shares';

const idParams = z.object({ id: deviceId });
const deviceInput = z.strictObject({
  channel: word.optional(),
  labels: z.array(word).max(100).optional().describe('instead of those that it has'),
  notes: z.string().max(2_000).optional(),
});

const change = deviceInput.extend({
  add_labels: z.array(word).max(100).optional(),
  remove_labels: z.array(word).max(100).optional(),
});

const listQuery = z.strictObject({
  search: z.string().max(100).optional().describe('part of the id, the serial number or the notes'),
  compatible: compatible.optional(),
  channel: word.optional(),
  version: z.string().min(1).max(256).optional(),
  label: word.optional(),
  state: z
    .enum([...installationState.options, 'none'])
    .optional()
    .describe('of the latest installation'),
  held: optionalFlag,
  pinned: optionalFlag,
  waiting: optionalFlag,
  second_board: optionalFlag.describe('two boards use its certificate'),
  other_compatible: optionalFlag.describe('it says to be of another compatible than its certificate'),
  silent_poller: optionalFlag.describe("RAUC's own poller does not tell its version or boot id there"),
  release: wholeNumber.transform(Number).optional().describe('its latest installation is for this release'),
  sort: z.enum(deviceSorts).default('id'),
  order: z.enum(['asc', 'desc']).default('asc'),
  limit: pageLimit,
  after: z.string().max(4_000).optional().describe('the `next` of the page before'),
});

/** The fleet: lists, one device, what people decide about it, and why it gets what it gets. */
export function deviceRoutes({ services }: AdminOptions, searches: Shares): readonly Route[] {
  const { manageDevices, listFleet, explainOffer, manageRevocations } = services;
  const present = (record: Parameters<typeof presentDevice>[0]) =>
    presentDevice(record, manageRevocations.revokedAt);
  const one = { 200: { description: 'The device', schema: deviceJson } };

  return [
    defineRoute({
      method: 'get',
      path: '/api/devices',
      scope: 'read',
      operation: 'listDevices',
      summary: 'Devices by filters, sorted, a page at a time',
      input: { query: listQuery },
      answers: {
        200: {
          description: 'A page of devices',
          schema: z.object({
            devices: z.array(deviceJson),
            next: z.string().nullable(),
            total: z.number().int().describe('how many fit in all'),
          }),
        },
      },
      problems: ['unavailable', 'too-many-requests'],
      handle: async ({ input, actor }) => {
        const query = toQuery(input.query);
        const { devices, next, total } = await searches.during(actor.name, () => listFleet.list(query));
        return { status: 200, json: { devices: devices.map(present), next, total } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/devices',
      scope: 'publish',
      operation: 'createDevice',
      summary: 'Make a device ahead of its first contact; it is admitted',
      input: { body: deviceInput.extend({ id: deviceId }) },
      answers: { 201: { description: 'The device', schema: deviceJson } },
      problems: ['conflict'],
      handle: async ({ input: { body }, actor }) => {
        const { id, ...wanted } = body;
        return { status: 201, json: present(await manageDevices.create(id, defined(wanted), actor)) };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/devices/{id}',
      scope: 'read',
      operation: 'getDevice',
      summary: 'One device',
      input: { params: idParams },
      answers: one,
      problems: ['not-found'],
      handle: ({ input }) => ({ status: 200, json: present(manageDevices.get(input.params.id)) }),
    }),
    defineRoute({
      method: 'patch',
      path: '/api/devices/{id}',
      scope: 'publish',
      operation: 'changeDevice',
      summary: 'Change channel, labels or notes; what is left out stays',
      input: { params: idParams, body: change },
      answers: one,
      problems: ['not-found'],
      handle: async ({ input, actor }) => {
        const { add_labels: addLabels, remove_labels: removeLabels, ...wanted } = input.body;
        const change = defined({ ...wanted, addLabels, removeLabels });
        return { status: 200, json: present(await manageDevices.change(input.params.id, change, actor)) };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/devices/{id}',
      scope: 'admin',
      operation: 'forgetDevice',
      summary: 'Forget a device; with a valid certificate it comes back as a new one',
      input: { params: idParams },
      answers: {
        200: { description: 'It is forgotten', schema: z.object({ forgotten: z.string() }) },
      },
      problems: ['not-found'],
      handle: async ({ input, actor }) => {
        await manageDevices.forget(input.params.id, actor);
        return { status: 200, json: { forgotten: input.params.id } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/devices/{id}/explain',
      scope: 'read',
      operation: 'explainDevice',
      summary: 'Why the device gets what it gets, or nothing: every rule, passed and failed',
      input: { params: idParams },
      answers: { 200: { description: 'What it would be told now', schema: explanationJson } },
      problems: ['not-found'],
      handle: ({ input }) => ({
        status: 200,
        json: presentExplanation(explainOffer.explain(input.params.id)),
      }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/fleet',
      scope: 'read',
      operation: 'getFleet',
      summary: 'How many devices there are: by compatible, channel, version and state',
      input: {},
      answers: {
        200: {
          description: 'The counts',
          schema: z.object({
            devices: z.number().int(),
            waiting: z.number().int(),
            held: z.number().int(),
            pinned: z.number().int(),
            counts: z.array(
              z.object({
                compatible: z.string().nullable(),
                channel: z.string(),
                system_version: z.string().nullable(),
                state: installationState.nullable(),
                devices: z.number().int(),
              }),
            ),
          }),
        },
      },
      problems: [],
      handle: () => ({
        status: 200,
        json: {
          ...listFleet.attention(),
          counts: listFleet
            .census()
            .map(({ compatible: of, channel, systemVersion, installationState: state, devices }) => ({
              compatible: of,
              channel,
              system_version: systemVersion,
              state,
              devices,
            })),
        },
      }),
    }),
  ];
}

function toQuery(asked: z.infer<typeof listQuery>): DeviceQuery {
  const { held, pinned, waiting, release, sort, order, limit, ...others } = asked;
  const { second_board: second, other_compatible: claim, silent_poller: silent, ...filters } = others;
  return {
    ...defined({
      ...filters,
      isHeld: held,
      isPinned: pinned,
      isWaiting: waiting,
      hasSecondBoard: second,
      hasOtherClaim: claim,
      hasSilentPoller: silent,
      releaseId: release,
    }),
    sort,
    isDescending: order === 'desc',
    limit,
  };
}
