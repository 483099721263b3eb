import { z } from 'zod';
import { decideOffer, type Offer } from '../../core/offer';
import { describeOffer, type ReleaseManifest } from '../../services/describe-release';
import type { AdminOptions } from './admin-options';
import { manifestJson } from './release-json';
import { defineRoute, type Route } from './route';

/** What devices are told, as administrators see it. */
export function manifestRoutes({ services, deviceBaseUrl }: AdminOptions): readonly Route[] {
  const { listBundles } = services;

  function describe(offer: Offer): ReleaseManifest {
    return describeOffer(offer, deviceBaseUrl());
  }

  function offerTo(compatible: string | null): Offer {
    return decideOffer({ id: 'admin', compatible, boundCompatibles: [] }, listBundles.releases());
  }

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
        const manifest = describe(offerTo(compatible));
        return { status: 200, json: compatible === null ? { ...manifest, reason } : manifest };
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
        200: { description: 'The manifests', schema: z.object({ manifests: z.array(manifestJson) }) },
      },
      problems: [],
      handle: () => {
        const compatibles = [...new Set(listBundles.releases().map((release) => release.compatible))];
        return { status: 200, json: { manifests: compatibles.map((name) => describe(offerTo(name))) } };
      },
    }),
  ];
}
