import type { z } from 'zod';
import { deviceJson, deviceParams } from '../../../contract/device';
import {
  bulkBody,
  bulkResultJson,
  type BulkVerb,
  cancelBody,
  pinBody,
} from '../../../contract/device-action';
import { nothing, reasonBody } from '../../../contract/request-fields';
import { parseChannel, parseLabel } from '../../../core/device';
import { DomainError } from '../../../core/errors';
import type { Actor } from '../../../core/event';
import type { DeviceRecord } from '../../../core/device-record';
import type { ManageDevices } from '../../../services/devices/manage-devices';
import type { Decision, DecisionPlans } from '../../../services/devices/plan-decisions';
import { problemOf } from '../../problem';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { presentDevice } from './device-json';

type Act<Body> = (id: string, body: Body, actor: Actor) => Promise<DeviceRecord>;

/** Actions on a device, one verb each. */
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
      answers: { 200: { description: 'The device after the change', schema: deviceJson } },
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => {
        // The body's schema is the one given for the action.
        const { params, body: sent } = input as { params: { id: string }; body: z.infer<Body> };
        const record = await act(params.id, sent, actor);
        return { status: 200, json: presentDevice(record, manageRevocations.revokedAt) };
      },
    });
  }

  return [
    action('admit', 'admitDevice', 'Admit a waiting device', nothing, (id, _, actor) =>
      devices.admit(id, actor),
    ),
    action(
      'hold',
      'holdDevice',
      'Put it on hold: offer it nothing until the hold is lifted',
      reasonBody,
      (id, body, actor) => devices.hold(id, body.reason, actor),
    ),
    action('unhold', 'liftHold', 'Lift the hold', nothing, (id, _, actor) => devices.liftHold(id, actor)),
    action(
      'pin',
      'pinDevice',
      'Offer it this bundle, whatever its channel offers',
      pinBody,
      (id, body, actor) => devices.pin(id, body.bundle, actor),
    ),
    action(
      'unpin',
      'unpinDevice',
      'Unpin it, so that it follows its channel again',
      nothing,
      (id, _, actor) => devices.unpin(id, actor),
    ),
    action(
      'clear',
      'clearFailures',
      'Allow bundles that failed or were cancelled to be tried again',
      nothing,
      (id, _, actor) => devices.clearFailures(id, actor),
    ),
    action('cancel', 'cancelInstallation', 'Cancel its installation', cancelBody, (id, { force }, actor) =>
      devices.cancel(id, actor, { isForced: force }),
    ),
    bulkRoute(devices),
  ];
}

/** One verb for many devices; each succeeds or fails on its own. */
function bulkRoute(devices: ManageDevices): Route {
  return defineRoute({
    method: 'post',
    path: '/api/devices/actions',
    scope: 'publish',
    operation: 'actOnDevices',
    summary: 'Apply one action to many devices',
    input: {
      body: bulkBody,
    },
    answers: { 200: { description: 'The result for each device', schema: bulkResultJson } },
    problems: [],
    handle: async ({ input: { body }, actor }) => {
      const plan = bulkPlan(body.action, body.value);
      const { done, failed } =
        plan === 'clear'
          ? await devices.clearAllFailures(body.ids, actor)
          : await devices.decideAll(body.ids, plan, actor);
      return { status: 200, json: { done: [...done], failed: failed.map(presentFailed) } };
    },
  });
}

/** @throws DomainError `invalid-input` when the value is missing or does not fit the action */
function bulkPlan(
  action: BulkVerb,
  value: string | undefined,
): 'clear' | ((plans: DecisionPlans) => Decision) {
  const needed = (): string => {
    if (value !== undefined && value !== '') return value;
    throw DomainError.of('action-needs-value', { action });
  };
  switch (action) {
    case 'admit':
      return (plans) => plans.admit();
    case 'hold':
      return (plans) => plans.hold(value ?? '');
    case 'unhold':
      return (plans) => plans.liftHold();
    case 'pin': {
      const name = needed();
      return (plans) => plans.pin(name);
    }
    case 'unpin':
      return (plans) => plans.unpin();
    case 'clear':
      return 'clear';
    case 'channel': {
      const channel = parseChannel(needed());
      return (plans) => plans.change({ channel });
    }
    case 'add-label': {
      const label = parseLabel(needed());
      return (plans) => plans.change({ addLabels: [label] });
    }
    case 'remove-label': {
      const label = needed();
      return (plans) => plans.change({ removeLabels: [label] });
    }
  }
}

/** Why the action failed for one device, as in a problem document. */
function presentFailed({ id, error }: { readonly id: string; readonly error: DomainError }) {
  const { code, reason = null, parameters = null } = problemOf(error);
  return { id, code, message: error.message, reason, parameters };
}
