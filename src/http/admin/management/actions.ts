import { z } from 'zod';
import { actionStateOf } from '../../../core/action-state';
import { DomainError } from '../../../core/errors';
import { isSamePin } from '../../../core/pin-terms';
import { unlessMissing } from '../../../core/unless-missing';
import type { Installation } from '../../../core/installation';
import { defineRoute, type Route } from '../kernel/route';
import { actionJson, presentAction } from './action-json';
import { actionStatusJson, statusesOf } from './action-status';
import { numberParam } from './draft-query';
import { type ManagementOptions, root } from './management-options';
import { isDescending, pageOf, pageQuery, presentPage, readFilter } from './page-query';

const params = z.object({ target: z.string().max(200), action: numberParam });
const path = `${root}/targets/{target}/actions/{action}`;
const one = { 200: { description: 'The action', schema: actionJson } };

/** Actions are installations, by their number. */
export function actionRoutes(options: ManagementOptions): readonly Route[] {
  const { services } = options;
  const get = createFind(options);
  const pinOf = async (id: string) => (await services.manageDevices.get(id)).device.pin;
  const present = async (installation: Installation) =>
    presentAction(installation, await pinOf(installation.deviceId));
  return [
    listRoute(options),
    defineRoute({
      method: 'get',
      path,
      scope: 'read',
      operation: 'getAction',
      summary: 'One action of a target',
      input: { params },
      answers: one,
      problems: ['not-found'],
      handle: async ({ input }) => ({ status: 200, json: await present(await get(input.params)) }),
    }),
    defineRoute({
      method: 'put',
      path,
      scope: 'publish',
      operation: 'forceAction',
      summary: 'Make a soft action forced',
      input: { params, body: z.object({ forceType: z.string() }) },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input: { params: named, body }, actor }) => {
        const installation = await get(named);
        const pin = await pinOf(installation.deviceId);
        const { forceType } = presentAction(installation, pin);
        if (body.forceType !== forceType) {
          if (
            pin === null ||
            body.forceType !== 'forced' ||
            (forceType !== 'soft' && forceType !== 'timeforced')
          )
            throw DomainError.of('action-not-forced', { type: body.forceType.slice(0, 40) });
          const { id } = installation;
          if (actionStateOf(installation) === 'closed') throw DomainError.of('action-ended', { id });
          await services.manageDevices.forcePin(named.target, pin, actor);
        }
        return { status: 200, json: await present(installation) };
      },
    }),
    defineRoute({
      method: 'delete',
      path,
      scope: 'publish',
      operation: 'cancelAction',
      summary: 'Cancel an action; with force, without waiting for the device once it is being cancelled',
      input: { params, query: z.object({ force: z.enum(['true', 'false']).default('false') }) },
      answers: { 200: { description: 'It is cancelled, or being cancelled', schema: z.object({}) } },
      problems: ['not-found', 'conflict'],
      handle: async ({ input: { params: named, query }, actor }) => {
        const { id: installationId, bundleName } = await get(named);
        const isForced = query.force === 'true';
        const request = { installationId, isForced, asksDevice: true };
        const { device } = await services.manageDevices.cancel(named.target, actor, request);
        const { pin } = device;
        if (pin?.bundleName === bundleName)
          await services.manageDevices.unpin(named.target, actor, (one) => isSamePin(one, pin));
        return { status: 200, json: {} };
      },
    }),
    statusRoute(options),
  ];
}

function listRoute({ services }: ManagementOptions): Route {
  return defineRoute({
    method: 'get',
    path: `${root}/targets/{target}/actions`,
    scope: 'read',
    operation: 'listActions',
    summary: 'The actions of a target',
    input: { params: params.pick({ target: true }), query: pageQuery },
    answers: { 200: { description: 'A page of actions', schema: pageOf(actionJson) } },
    problems: ['not-found'],
    handle: async ({ input: { params: named, query } }) => {
      readFilter(query.q, []);
      const { installations, device } = await services.manageDevices.get(named.target);
      const all = isDescending(query.sort, ['id']) ? installations : installations.toReversed();
      return {
        status: 200,
        json: pageFrom(
          all.map((one) => presentAction(one, device.pin)),
          query,
        ),
      };
    },
  });
}

function statusRoute(options: ManagementOptions): Route {
  const { manageDevices } = options.services;
  const get = createFind(options);
  return defineRoute({
    method: 'get',
    path: `${path}/status`,
    scope: 'read',
    operation: 'getActionStatus',
    summary: 'What happened to an action',
    input: { params, query: pageQuery },
    answers: { 200: { description: 'A page of its history', schema: pageOf(actionStatusJson) } },
    problems: ['not-found'],
    handle: async ({ input: { params: named, query } }) => {
      readFilter(query.q, []);
      const installation = await get(named);
      const log = await unlessMissing(manageDevices.log(installation.id), { log: '' });
      const statuses = statusesOf(installation, log.log);
      const all = isDescending(query.sort, ['id', 'reportedAt']) ? statuses.toReversed() : statuses;
      return { status: 200, json: pageFrom(all, query) };
    },
  });
}

type Find = (named: z.infer<typeof params>) => Promise<Installation>;

/** @returns a function that finds an action and throws DomainError `not-found` */
function createFind({ services: { deviceActions } }: ManagementOptions): Find {
  return async ({ target: id, action }) => {
    const found = await deviceActions.find({ id }, action);
    if (found === undefined) throw DomainError.of('action-unknown', { id, action: String(action) });
    return found;
  };
}

function pageFrom<Item>(all: readonly Item[], { offset, limit }: z.infer<typeof pageQuery>) {
  return presentPage(all.slice(offset, offset + limit), all.length);
}
