import {
  deviceChangeBody,
  deviceJson,
  deviceListQuery,
  devicePageJson,
  deviceParams,
  forgottenDeviceJson,
  newDeviceBody,
} from '../../../contract/device';
import { explanationJson } from '../../../contract/explanation';
import { fleetJson } from '../../../contract/fleet';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { defined } from '../kernel/service-request';
import type { Shares } from '../kernel/shares';
import { toDeviceFilter } from './device-filter';
import { presentDevice } from './device-json';
import { presentExplanation } from './explanation-json';

/** The fleet: list devices, show one, decide about it, and explain what it is offered. */
export function deviceRoutes({ services, now }: AdminOptions, searches: Shares): readonly Route[] {
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
      summary: 'Devices by filters, sorted, one page at a time',
      input: { query: deviceListQuery },
      answers: {
        200: {
          description: 'A page of devices',
          schema: devicePageJson,
        },
      },
      problems: ['unavailable', 'too-many-requests'],
      handle: async ({ input, actor }) => {
        const { sort, order, limit, after, ...filter } = input.query;
        const place = {
          sort,
          isDescending: order === 'desc',
          limit,
          ...(after === undefined ? {} : { after }),
        };
        const query = { ...toDeviceFilter(filter, now()), ...place };
        const { devices, next, total, totalIsEstimate } = await searches.during(actor.name, () =>
          listFleet.list(query),
        );
        return {
          status: 200,
          json: { devices: devices.map(present), next, total, total_is_estimate: totalIsEstimate },
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/devices',
      scope: 'publish',
      operation: 'createDevice',
      summary: 'Create a device before its first contact; it is admitted',
      input: { body: newDeviceBody },
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
      input: { params: deviceParams },
      answers: one,
      problems: ['not-found'],
      handle: async ({ input }) => ({
        status: 200,
        json: present(await manageDevices.get(input.params.id)),
      }),
    }),
    defineRoute({
      method: 'patch',
      path: '/api/devices/{id}',
      scope: 'publish',
      operation: 'changeDevice',
      summary: 'Change channel, labels or notes; omitted fields stay unchanged',
      input: { params: deviceParams, body: deviceChangeBody },
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
      input: { params: deviceParams },
      answers: {
        200: { description: 'It is forgotten', schema: forgottenDeviceJson },
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
      summary: 'What the device is offered and why: every rule, passed or failed',
      input: { params: deviceParams },
      answers: { 200: { description: 'What it would be offered now', schema: explanationJson } },
      problems: ['not-found'],
      handle: async ({ input }) => ({
        status: 200,
        json: presentExplanation(await explainOffer.explain(input.params.id)),
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
          schema: fleetJson,
        },
      },
      problems: [],
      handle: async () => ({
        status: 200,
        json: {
          ...(await listFleet.attention()),
          counts: (await listFleet.census()).map(
            ({ compatible: of, channel, systemVersion, installationState: state, devices }) => ({
              compatible: of,
              channel,
              system_version: systemVersion,
              state,
              devices,
            }),
          ),
        },
      }),
    }),
  ];
}
