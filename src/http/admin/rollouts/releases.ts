import { z } from 'zod';
import { parseCompatible } from '../../../core/bundle';
import type { AdminOptions } from '../kernel/admin-options';
import { channelField, policyFields, readPolicy } from './policy-fields';
import { effectFields, presentEffect } from './reach-json';
import { activationJson, presentActivation, presentRelease, releaseJson } from './release-json';
import { historyLineJson, presentHistoryLine } from './release-result-json';
import {
  bundleName,
  by,
  compatible,
  flag,
  optionalCompatible,
  pageLimit,
  wholeNumber,
} from '../kernel/request-fields';
import { defineRoute, type Answer, type Route } from '../kernel/route';

const activationInput = z.strictObject({
  force: flag.describe('although the manifest names another compatible'),
  channel: channelField,
  ...policyFields,
});
const activated = {
  200: {
    description: 'The bundle is current',
    schema: z.object({
      release: releaseJson,
      changed: z.boolean().describe('false when it was current before'),
      ...effectFields,
    }),
  },
};

/** What is current where, and how it came to be. */
export function releaseRoutes({ services }: AdminOptions): readonly Route[] {
  const { activateRelease, previewRelease, listBundles, releaseResults } = services;

  async function activate(request: Parameters<typeof activateRelease.activate>[0]): Promise<Answer> {
    const { release, changed } = await activateRelease.activate(request);
    const effect = await presentEffect(previewRelease, release);
    return {
      status: 200,
      json: { release: presentRelease(release), changed, ...effect },
      done: { outcome: 'activated', name: request.name },
    };
  }

  return [
    defineRoute({
      method: 'post',
      path: '/activate/{name}',
      scope: 'publish',
      operation: 'activateBundle',
      summary: 'Make a bundle current for the compatible that it names',
      input: { params: z.object({ name: bundleName }), body: activationInput },
      answers: activated,
      problems: ['not-found', 'conflict'],
      handle: ({ input, actor }) =>
        activate({ name: input.params.name, ...readActivation(input.body), ...by(actor) }),
    }),
    defineRoute({
      method: 'post',
      path: '/activate/{compatible}/{name}',
      scope: 'publish',
      operation: 'activateBundleFor',
      summary: 'Make a bundle current for a compatible',
      input: { params: z.object({ compatible, name: bundleName }), body: activationInput },
      answers: activated,
      problems: ['not-found', 'conflict'],
      handle: ({ input, actor }) =>
        activate({
          name: input.params.name,
          compatible: parseCompatible(input.params.compatible),
          ...readActivation(input.body),
          ...by(actor),
        }),
    }),
    defineRoute({
      method: 'post',
      path: '/deactivate/{compatible}',
      scope: 'publish',
      operation: 'deactivate',
      summary: 'Offer nothing to a compatible',
      input: { params: z.object({ compatible }) },
      answers: {
        200: { description: 'Nothing is offered any more', schema: z.object({ activation: activationJson }) },
      },
      problems: ['not-found'],
      handle: async ({ input, actor }) => {
        const name = parseCompatible(input.params.compatible);
        const activation = await activateRelease.deactivate({ compatible: name, ...by(actor) });
        return {
          status: 200,
          json: { activation: presentActivation(activation) },
          done: { outcome: 'deactivated', name },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/history',
      scope: 'read',
      operation: 'listHistory',
      summary: 'Who activated what, when, what was there before, and what each release came to; newest first',
      input: {
        query: z.strictObject({
          compatible: optionalCompatible,
          channel: channelField,
          limit: pageLimit,
          before: wholeNumber.transform(Number).optional().describe('the next_before of the page before'),
        }),
      },
      answers: {
        200: {
          description: 'A page of the history',
          schema: z.object({ history: z.array(historyLineJson), next_before: z.number().int().nullable() }),
        },
      },
      problems: [],
      handle: ({ input }) => {
        const { compatible: of, channel, limit, before } = input.query;
        const page = listBundles.history({
          limit,
          ...(of === undefined ? {} : { compatible: of }),
          ...(channel === undefined ? {} : { channel }),
          ...(before === undefined ? {} : { beforeId: before }),
        });
        const last = page.length === limit ? page.at(-1) : undefined;
        const results = releaseResults.of(page);
        const history = page.map((line) => presentHistoryLine(line, results.get(line.id)));
        return { status: 200, json: { history, next_before: last?.id ?? null } };
      },
    }),
  ];
}

function readActivation(body: z.infer<typeof activationInput>) {
  const { force, channel } = body;
  const policy = readPolicy(body);
  return {
    force,
    ...(channel === undefined ? {} : { channel }),
    ...(policy === undefined ? {} : { policy }),
  };
}
