import { z } from 'zod';
import type { AdminOptions } from '../kernel/admin-options';
import { bundleJson, presentBundle } from './bundle-json';
import { bundleInUseJson, presentBundleInUse } from './bundle-use-json';
import { bundleName, by, flag } from '../kernel/request-fields';
import { defineRoute, type Route } from '../kernel/route';

const deleteBody = z.object({
  force: flag.describe('although devices install it or are pinned to it'),
});

/** The stored bundles: list, look into one, delete one. */
export function bundleRoutes({ services }: AdminOptions): readonly Route[] {
  const { listBundles, describeBundle, deleteBundle } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/bundles',
      scope: 'read',
      operation: 'listBundles',
      summary: 'All bundles, newest first',
      input: {},
      answers: { 200: { description: 'The bundles', schema: z.object({ bundles: z.array(bundleJson) }) } },
      problems: [],
      handle: () => ({ status: 200, json: { bundles: listBundles.list().map(presentBundle) } }),
    }),
    defineRoute({
      method: 'get',
      path: '/api/bundles/{name}',
      scope: 'read',
      operation: 'getBundle',
      summary:
        'One bundle with its manifest, images and signer chain, its history, and the devices that have it',
      input: { params: z.object({ name: bundleName }) },
      answers: { 200: { description: 'The bundle', schema: bundleInUseJson } },
      problems: ['not-found'],
      handle: ({ input }) => ({
        status: 200,
        json: presentBundleInUse(describeBundle(input.params.name)),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/delete/{name}',
      scope: 'publish',
      operation: 'deleteBundle',
      summary: 'Delete a bundle that is current nowhere; its name stays bound to its bytes',
      input: { params: z.object({ name: bundleName }), body: deleteBody },
      answers: {
        200: {
          description: 'The bundle is deleted',
          schema: z.object({ deleted: z.object({ name: z.string(), sha256: z.string() }) }),
        },
      },
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => {
        const wanted = { name: input.params.name, force: input.body.force };
        const { name, sha256 } = await deleteBundle.delete({ ...wanted, ...by(actor) });
        return { status: 200, json: { deleted: { name, sha256 } }, done: { outcome: 'deleted', name } };
      },
    }),
  ];
}
