import { z } from 'zod';
import type { Request } from 'express';
import { DomainError } from '../../../core/errors';
import { unlessMissing } from '../../../core/unless-missing';
import type { DeviceQuery, ListedDevice } from '../../../ports/fleet-queries';
import { contextOf } from '../kernel/request-context';
import { defineRoute, type Route } from '../kernel/route';
import { type ManagementOptions, root, usualPollIntervalMs } from './management-options';
import { optional } from './optional-field';
import { isDescending, maxItems, pageOf, pageQuery, presentPage, readFilter } from './page-query';
import { refuseFeatures } from './refuse-features';
import { presentTarget, targetJson } from './target-json';

const params = z.object({ target: z.string().max(200) });
const newTargets = z
  .array(
    z.object({
      controllerId: z.string(),
      name: optional(z.string()),
      description: optional(z.string()),
      securityToken: optional(z.string()),
    }),
  )
  .min(1)
  .max(maxItems);
const targetChange = z.object({
  controllerId: optional(z.string()),
  name: optional(z.string()),
  requestAttributes: optional(z.boolean()),
  description: optional(z.string()),
  securityToken: optional(z.string()),
});

/** Targets are devices. A token, which hawkBit shows with its target, needs the scope `admin`. */
export function targetRoutes(options: ManagementOptions): readonly Route[] {
  const { services } = options;
  const { manageDevices, manageDrafts, createTargets, replaceToken } = services;
  const present = createPresenter(options);
  const one = { 200: { description: 'The target', schema: targetJson } };
  const list = { 201: { description: 'The targets', schema: z.array(targetJson) } };
  const path = `${root}/targets/{target}`;

  return [
    listRoute(options, present),
    defineRoute({
      method: 'post',
      path: `${root}/targets`,
      scope: 'admin',
      operation: 'createTargets',
      summary: 'Create devices, each with a token',
      input: { body: newTargets },
      answers: list,
      problems: ['conflict'],
      handle: async ({ input: { body }, actor, request }) => {
        for (const { controllerId: id, name } of body) refuseOtherName(id, name);
        await createTargets(
          body.map((target) => ({
            id: target.controllerId,
            notes: target.description,
            token: target.securityToken,
          })),
          actor,
        );
        const made = await Promise.all(body.map(({ controllerId }) => manageDevices.get(controllerId)));
        return {
          status: 201,
          json: await Promise.all(made.map((device) => present(device, request))),
          secret: true,
        };
      },
    }),
    defineRoute({
      method: 'get',
      path,
      scope: 'read',
      operation: 'getTarget',
      summary: 'One device',
      input: { params },
      answers: one,
      problems: ['not-found'],
      handle: async ({ input, request }) => ({
        status: 200,
        json: await present(await manageDevices.get(input.params.target), request),
        secret: true,
      }),
    }),
    defineRoute({
      method: 'put',
      path,
      scope: 'admin',
      operation: 'changeTarget',
      summary: 'Change the description or the token of a device',
      input: { params, body: targetChange },
      answers: one,
      problems: ['not-found'],
      handle: async ({ input, actor, request }) => {
        const { description: notes, securityToken, name, controllerId, requestAttributes } = input.body;
        const { target: id } = input.params;
        refuseOtherName(id, name);
        refuseOtherName(id, controllerId);
        // Devices are asked for their attributes every hour anyway.
        refuseFeatures({ requestAttributes });
        if (notes !== undefined) await manageDevices.change(id, { notes }, actor);
        if (securityToken !== undefined) await replaceToken({ kind: 'device', id }, securityToken, actor);
        return { status: 200, json: await present(await manageDevices.get(id), request), secret: true };
      },
    }),
    defineRoute({
      method: 'delete',
      path,
      scope: 'admin',
      operation: 'deleteTarget',
      summary: 'Forget a device',
      input: { params },
      answers: { 200: { description: 'It is forgotten', schema: z.object({}) } },
      problems: ['not-found'],
      handle: async ({ input, actor }) => {
        await manageDevices.forget(input.params.target, actor);
        await manageDrafts.sweep();
        return { status: 200, json: {} };
      },
    }),
    defineRoute({
      method: 'get',
      path: `${path}/attributes`,
      scope: 'read',
      operation: 'getTargetAttributes',
      summary: 'What a device reports about itself',
      input: { params },
      answers: { 200: { description: 'The attributes', schema: z.record(z.string(), z.string()) } },
      problems: ['not-found'],
      handle: async ({ input }) => {
        const { device } = await manageDevices.get(input.params.target);
        return { status: 200, json: { ...device.facts.attributes } };
      },
    }),
  ];
}

/** @throws DomainError `invalid-input` */
function refuseOtherName(id: string, name: string | undefined): void {
  if (name !== undefined && name !== id)
    throw DomainError.of('target-named-otherwise', { id: id.slice(0, 80) });
}

type Present = (device: ListedDevice, request: Request) => Promise<z.infer<typeof targetJson>>;

function createPresenter({
  services,
  now,
  hawkbitPollIntervalMs = usualPollIntervalMs,
}: ManagementOptions): Present {
  const { deviceTokens, hawkbitSettings } = services;
  const tokenOf = async (id: string) =>
    (await unlessMissing(deviceTokens.show({ kind: 'device', id }), undefined))?.token;
  return async (device, request) => {
    const maySee = contextOf(request).scopes.includes('admin');
    const token = maySee ? await tokenOf(device.device.id) : undefined;
    const settings = hawkbitSettings.current();
    return presentTarget(device, token, { settings, pollIntervalMs: hawkbitPollIntervalMs, now: now() });
  };
}

function listRoute({ services, searches }: ManagementOptions, present: Present): Route {
  return defineRoute({
    method: 'get',
    path: `${root}/targets`,
    scope: 'read',
    operation: 'listTargets',
    summary: 'Devices by id, a page at a time',
    input: { query: pageQuery },
    answers: { 200: { description: 'A page of targets', schema: pageOf(targetJson) } },
    problems: ['too-many-requests'],
    handle: async ({ input: { query }, actor, request }) => {
      const { offset, limit, sort, q } = query;
      const wanted = readFilter(q, ['id', 'controllerId', 'name']);
      const ids = [...new Set(Object.values(wanted))];
      const order = isDescending(sort, ['id', 'controllerId', 'name']);
      const { found, total } =
        ids.length > 0
          ? await findOne(services, ids)
          : await searches.during(actor.name, () => readPage(services, offset, limit, order));
      const page = ids.length > 0 ? found.slice(offset, offset + limit) : found;
      const content = await Promise.all(page.map((device) => present(device, request)));
      return { status: 200, json: presentPage(content, total), secret: true };
    },
  });
}

interface Found {
  readonly found: readonly ListedDevice[];
  readonly total: number;
}

/** A target has one id: two different ones match nothing. */
async function findOne(
  { manageDevices }: ManagementOptions['services'],
  [id = '', ...others]: readonly string[],
): Promise<Found> {
  const device = others.length > 0 ? undefined : await unlessMissing(manageDevices.get(id), undefined);
  return device === undefined ? { found: [], total: 0 } : { found: [device], total: 1 };
}

const readAtOnce = 500;

/** The list itself has cursors: what comes before the offset is read and dropped. */
async function readPage(
  { listFleet }: ManagementOptions['services'],
  offset: number,
  limit: number,
  order: boolean,
): Promise<Found> {
  const found: ListedDevice[] = [];
  let query: DeviceQuery = { sort: 'id', isDescending: order, limit: Math.min(readAtOnce, offset + limit) };
  for (let seen = 0; ;) {
    const { devices, next, total } = await listFleet.list(query);
    found.push(...devices.slice(Math.max(0, offset - seen)));
    seen += devices.length;
    if (next === null || found.length >= limit) return { found: found.slice(0, limit), total };
    query = { ...query, after: next };
  }
}
