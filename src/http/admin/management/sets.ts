import { z } from 'zod';
import type { Draft } from '../../../core/draft';
import { defineRoute, type Route } from '../kernel/route';
import { assignmentRoutes } from './assignments';
import { moduleJson, presentModule, presentSet, setJson } from './draft-json';
import { draftQuery, moduleIds, newDraft, numberParam } from './draft-query';
import { type ManagementOptions, root } from './management-options';
import { optional } from './optional-field';
import { maxItems, pageOf, pageQuery, presentPage } from './page-query';
import { refuseFeatures } from './refuse-features';

const params = z.object({ set: numberParam });
const newSet = newDraft.extend({
  modules: moduleIds.nullish().transform((ids) => ids ?? []),
  requiredMigrationStep: optional(z.boolean()),
});
const path = `${root}/distributionsets`;

/** Distribution sets: each names one module. */
export function setRoutes(options: ManagementOptions): readonly Route[] {
  const { services, searches } = options;
  const { manageDrafts } = services;
  const present = async (set: Draft) =>
    presentSet(set, set.moduleId === null ? null : await manageDrafts.get('module', set.moduleId));
  return [
    defineRoute({
      method: 'get',
      path,
      scope: 'read',
      operation: 'listSets',
      summary: 'Distribution sets by id, a page at a time',
      input: { query: pageQuery },
      answers: { 200: { description: 'A page of sets', schema: pageOf(setJson) } },
      problems: ['too-many-requests'],
      handle: async ({ input: { query }, actor }) => {
        const wanted = draftQuery('set', query);
        const { drafts, total } = await searches.during(actor.name, () => manageDrafts.list(wanted));
        return { status: 200, json: presentPage(await Promise.all(drafts.map(present)), total) };
      },
    }),
    defineRoute({
      method: 'post',
      path,
      scope: 'publish',
      operation: 'createSets',
      summary: 'Create distribution sets',
      input: { body: z.array(newSet).min(1).max(maxItems) },
      answers: { 201: { description: 'The sets', schema: z.array(setJson) } },
      problems: ['not-found', 'conflict'],
      handle: async ({ input: { body }, actor }) => {
        for (const { requiredMigrationStep } of body) refuseFeatures({ requiredMigrationStep });
        const wanted = body.map(({ modules, ...set }) => ({
          ...set,
          moduleIds: modules.map(({ id }) => id),
        }));
        const made = await manageDrafts.addSets(wanted, actor);
        return { status: 201, json: await Promise.all(made.map(present)) };
      },
    }),
    defineRoute({
      method: 'get',
      path: `${path}/{set}`,
      scope: 'read',
      operation: 'getSet',
      summary: 'One distribution set',
      input: { params },
      answers: { 200: { description: 'The set', schema: setJson } },
      problems: ['not-found'],
      handle: async ({ input }) => ({
        status: 200,
        json: await present(await manageDrafts.get('set', input.params.set)),
      }),
    }),
    defineRoute({
      method: 'delete',
      path: `${path}/{set}`,
      scope: 'publish',
      operation: 'deleteSet',
      summary: 'Delete a distribution set; its assignments continue',
      input: { params },
      answers: { 200: { description: 'It is deleted', schema: z.object({}) } },
      problems: ['not-found'],
      handle: async ({ input, actor }) => {
        await manageDrafts.remove('set', input.params.set, actor);
        return { status: 200, json: {} };
      },
    }),
    ...moduleOfSet(options),
    ...assignmentRoutes(options),
  ];
}

function moduleOfSet({ services: { manageDrafts } }: ManagementOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: `${path}/{set}/assignedSM`,
      scope: 'read',
      operation: 'listModulesOfSet',
      summary: 'The software module of a set, in a list',
      input: { params },
      answers: { 200: { description: 'The modules', schema: pageOf(moduleJson) } },
      problems: ['not-found'],
      handle: async ({ input }) => {
        const { moduleId } = await manageDrafts.get('set', input.params.set);
        const content = moduleId === null ? [] : [presentModule(await manageDrafts.get('module', moduleId))];
        return { status: 200, json: presentPage(content, content.length) };
      },
    }),
    defineRoute({
      method: 'post',
      path: `${path}/{set}/assignedSM`,
      scope: 'publish',
      operation: 'setModuleOfSet',
      summary: 'Give a set its software module',
      input: { params, body: moduleIds },
      answers: { 200: { description: 'It has the module', schema: z.object({}) } },
      problems: ['not-found'],
      handle: async ({ input: { params: named, body } }) => {
        await manageDrafts.setModule(
          named.set,
          body.map(({ id }) => id),
        );
        return { status: 200, json: {} };
      },
    }),
  ];
}
