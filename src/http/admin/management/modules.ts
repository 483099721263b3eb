import { z } from 'zod';
import { moduleJson, presentModule } from './draft-json';
import { draftQuery, newDraft, numberParam } from './draft-query';
import { defineRoute, type Route } from '../kernel/route';
import { type ManagementOptions, root } from './management-options';
import { optional } from './optional-field';
import { maxItems, pageOf, pageQuery, presentPage } from './page-query';
import { refuseFeatures } from './refuse-features';

const params = z.object({ module: numberParam });
const newModule = newDraft.extend({ encrypted: optional(z.boolean()) });
const path = `${root}/softwaremodules`;

/** Software modules: each gets one file, which is a bundle. */
export function moduleRoutes({ services: { manageDrafts }, searches }: ManagementOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path,
      scope: 'read',
      operation: 'listModules',
      summary: 'Software modules by id, a page at a time',
      input: { query: pageQuery },
      answers: { 200: { description: 'A page of modules', schema: pageOf(moduleJson) } },
      problems: ['too-many-requests'],
      handle: async ({ input: { query }, actor }) => {
        const wanted = draftQuery('module', query);
        const { drafts, total } = await searches.during(actor.name, () => manageDrafts.list(wanted));
        return { status: 200, json: presentPage(drafts.map(presentModule), total) };
      },
    }),
    defineRoute({
      method: 'post',
      path,
      scope: 'publish',
      operation: 'createModules',
      summary: 'Create software modules without files',
      input: { body: z.array(newModule).min(1).max(maxItems) },
      answers: { 201: { description: 'The modules', schema: z.array(moduleJson) } },
      problems: ['conflict'],
      handle: async ({ input: { body }, actor }) => {
        for (const { encrypted } of body) refuseFeatures({ encrypted });
        const made = await manageDrafts.addModules(body, actor);
        return { status: 201, json: made.map(presentModule) };
      },
    }),
    defineRoute({
      method: 'get',
      path: `${path}/{module}`,
      scope: 'read',
      operation: 'getModule',
      summary: 'One software module',
      input: { params },
      answers: { 200: { description: 'The module', schema: moduleJson } },
      problems: ['not-found'],
      handle: async ({ input }) => ({
        status: 200,
        json: presentModule(await manageDrafts.get('module', input.params.module)),
      }),
    }),
    defineRoute({
      method: 'delete',
      path: `${path}/{module}`,
      scope: 'publish',
      operation: 'deleteModule',
      summary: 'Delete a software module; its bundle stays',
      input: { params },
      answers: { 200: { description: 'It is deleted', schema: z.object({}) } },
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => {
        await manageDrafts.remove('module', input.params.module, actor);
        return { status: 200, json: {} };
      },
    }),
  ];
}
