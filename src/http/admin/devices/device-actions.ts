import type { z } from 'zod';
import { deviceJson, deviceParams } from '../../../contract/device';
import {
  bulkBody,
  bulkResultJson,
  type BulkResultJson,
  type BulkVerb,
  pinBody,
} from '../../../contract/device-action';
import { nothing, reasonBody } from '../../../contract/request-fields';
import { parseChannel, parseLabel } from '../../../core/device';
import { DomainError } from '../../../core/errors';
import type { Actor } from '../../../core/event';
import type { DeviceRecord } from '../../../ports/devices';
import type { ManageDevices } from '../../../services/devices/manage-devices';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { presentDevice } from './device-json';

type Act<Body> = (id: string, body: Body, actor: Actor) => Promise<DeviceRecord>;

/** What people do to a device, one verb each. */
export function deviceActionRoutes({ services }: AdminOptions): readonly Route[] {
  const { manageDevices: devices, manageRevocations } = services;

  function action<Body extends z.ZodObject>(
    verb: string,
    operation: string,
    summary: string,
    body: Body,
    act: Act<z.infer<Body>>,
  ): Route {
    return defineRoute({
      method: 'post',
      path: `/api/devices/{id}/${verb}`,
      scope: 'publish',
      operation,
      summary,
      input: { params: deviceParams, body },
      answers: { 200: { description: 'The device after it', schema: deviceJson } },
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => {
        // The schema of the body is the one that the action was given.
        const { params, body: sent } = input as { params: { id: string }; body: z.infer<Body> };
        const record = await act(params.id, sent, actor);
        return { status: 200, json: presentDevice(record, manageRevocations.revokedAt) };
      },
    });
  }

  return [
    action('admit', 'admitDevice', 'Let a waiting device have bundles', nothing, (id, _, actor) =>
      devices.admit(id, actor),
    ),
    action('hold', 'holdDevice', 'Offer it nothing until the hold is lifted', reasonBody, (id, body, actor) =>
      devices.hold(id, body.reason, actor),
    ),
    action('unhold', 'liftHold', 'Lift the hold', nothing, (id, _, actor) => devices.liftHold(id, actor)),
    action('pin', 'pinDevice', 'Give it this bundle, whatever its channel says', pinBody, (id, body, actor) =>
      devices.pin(id, body.bundle, actor),
    ),
    action('unpin', 'unpinDevice', 'Let it follow its channel again', nothing, (id, _, actor) =>
      devices.unpin(id, actor),
    ),
    action(
      'clear',
      'clearFailures',
      'Let bundles be tried again that failed or were called off',
      nothing,
      (id, _, actor) => devices.clearFailures(id, actor),
    ),
    action('cancel', 'cancelInstallation', 'Call its installation off', nothing, (id, _, actor) =>
      devices.cancel(id, actor),
    ),
    bulkRoute(devices),
  ];
}

/** One verb for many devices; each succeeds or fails for itself. */
function bulkRoute(devices: ManageDevices): Route {
  return defineRoute({
    method: 'post',
    path: '/api/devices/actions',
    scope: 'publish',
    operation: 'actOnDevices',
    summary: 'Do one thing to many devices',
    input: {
      body: bulkBody,
    },
    answers: { 200: { description: 'What became of each', schema: bulkResultJson } },
    problems: [],
    handle: async ({ input: { body }, actor }) => {
      const act = bulkAction(devices, body.action, body.value, actor);
      const done: string[] = [];
      const failed: BulkResultJson['failed'] = [];
      for (const id of new Set(body.ids)) {
        try {
          await act(id);
          done.push(id);
        } catch (error) {
          if (!(error instanceof DomainError)) throw error;
          failed.push({ id, code: error.code, message: error.message });
        }
      }
      return { status: 200, json: { done, failed } };
    },
  });
}

/** @throws DomainError `invalid-input` when the value is missing, or can't be what it is for */
function bulkAction(
  devices: ManageDevices,
  action: BulkVerb,
  value: string | undefined,
  actor: Actor,
): (id: string) => Promise<unknown> {
  const needed = (): string => {
    if (value !== undefined && value !== '') return value;
    throw new DomainError('invalid-input', `${action} needs a value`);
  };
  switch (action) {
    case 'admit':
      return (id) => devices.admit(id, actor);
    case 'hold':
      return (id) => devices.hold(id, value ?? '', actor);
    case 'unhold':
      return (id) => devices.liftHold(id, actor);
    case 'pin': {
      const name = needed();
      return (id) => devices.pin(id, name, actor);
    }
    case 'unpin':
      return (id) => devices.unpin(id, actor);
    case 'clear':
      return (id) => devices.clearFailures(id, actor);
    case 'channel': {
      const channel = parseChannel(needed());
      return (id) => devices.change(id, { channel }, actor);
    }
    case 'add-label': {
      const label = parseLabel(needed());
      return (id) => devices.change(id, { addLabels: [label] }, actor);
    }
    case 'remove-label': {
      const label = needed();
      return (id) => devices.change(id, { removeLabels: [label] }, actor);
    }
  }
}
