import {
  bundleInUseJson,
  bundleListJson,
  bundleParams,
  deleteBundleBody,
  deletedBundleJson,
} from '../../../contract/bundle';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { by } from '../kernel/service-request';
import { presentBundle, presentBundleInUse } from './bundle-json';

/** The stored bundles: list, inspect and delete them. */
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
      answers: { 200: { description: 'The bundles', schema: bundleListJson } },
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
      input: { params: bundleParams },
      answers: { 200: { description: 'The bundle', schema: bundleInUseJson } },
      problems: ['not-found'],
      handle: async ({ input }) => ({
        status: 200,
        json: presentBundleInUse(await describeBundle(input.params.name)),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/delete/{name}',
      scope: 'publish',
      operation: 'deleteBundle',
      summary: 'Delete a bundle that is not current anywhere; its name stays reserved for the same content',
      input: { params: bundleParams, body: deleteBundleBody },
      answers: {
        200: { description: 'The bundle is deleted', schema: deletedBundleJson },
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
