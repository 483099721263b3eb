import { manifestJson, manifestListJson } from '../../../contract/manifest';
import { circumstance } from '../../../core/circumstances/catalogue';
import { defaultChannel } from '../../../core/release';
import { describeNothing, describeRelease } from '../../../services/catalog/describe-release';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';

/** What is current on the default channel, in the form that devices get. */
export function manifestRoutes({ services, deviceBaseUrl }: AdminOptions): readonly Route[] {
  const { listBundles } = services;
  const current = () => listBundles.releases().filter(({ channel }) => channel === defaultChannel);

  return [
    defineRoute({
      method: 'get',
      path: '/api/manifest',
      scope: 'read',
      operation: 'getManifest',
      summary: 'The current release of the default compatible, as devices get it',
      input: {},
      answers: {
        200: {
          description: 'The manifest; bundle_url is empty when nothing is offered',
          schema: manifestJson,
        },
      },
      problems: [],
      handle: () => {
        const { compatible, reason } = listBundles.defaultCompatible();
        const release = current().find((one) => one.compatible === compatible);
        const why = compatible === null ? reason : circumstance('nothing-released', { compatible });
        return {
          status: 200,
          json:
            release === undefined
              ? describeNothing(compatible ?? '', why)
              : describeRelease(release, deviceBaseUrl()),
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/manifests',
      scope: 'read',
      operation: 'listManifests',
      summary: 'The current release of every compatible, as devices get it',
      input: {},
      answers: {
        200: { description: 'The manifests', schema: manifestListJson },
      },
      problems: [],
      handle: () => ({
        status: 200,
        json: { manifests: current().map((release) => describeRelease(release, deviceBaseUrl())) },
      }),
    }),
  ];
}
