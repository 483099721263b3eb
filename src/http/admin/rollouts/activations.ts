import {
  activateBody,
  type ActivateBody,
  activatedJson,
  activateParams,
  deactivateCompatibleBody,
  deactivatedJson,
  deactivateParams,
} from '../../../contract/activation';
import { bundleParams } from '../../../contract/bundle';
import { historyPageJson, historyQuery } from '../../../contract/release-history';
import { parseCompatible } from '../../../core/bundle';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { by, defined } from '../kernel/service-request';
import { presentEffect } from './reach-json';
import { readPolicy } from './read-policy';
import { presentActivation, presentRelease } from './release-json';
import { presentHistoryLine } from './release-result-json';

const activated = { 200: { description: 'The bundle is current', schema: activatedJson } };

/** What is current on each channel, and what was before. */
export function activationRoutes({ services }: AdminOptions): readonly Route[] {
  const { activateRelease, previewRelease, listBundles, releaseResults } = services;

  async function activate(request: Parameters<typeof activateRelease.activate>[0]) {
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
      input: { params: bundleParams, body: activateBody },
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
      input: { params: activateParams, body: activateBody },
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
      summary: 'Stop offering updates to a compatible',
      input: { params: deactivateParams, body: deactivateCompatibleBody },
      answers: {
        200: { description: 'Nothing is offered now', schema: deactivatedJson },
      },
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => {
        const name = parseCompatible(input.params.compatible);
        const activation = await activateRelease.deactivate({
          compatible: name,
          ...defined({ expectedReleaseId: input.body.expected_release }),
          ...by(actor),
        });
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
      summary: 'Who activated what and when, what it replaced, and how each release ended; newest first',
      input: {
        query: historyQuery,
      },
      answers: { 200: { description: 'A page of the history', schema: historyPageJson } },
      problems: [],
      handle: async ({ input }) => {
        const { compatible: of, channel, limit, before } = input.query;
        const page = await listBundles.history({
          limit,
          ...defined({ compatible: of, channel, beforeId: before }),
        });
        const last = page.length === limit ? page.at(-1) : undefined;
        const results = await releaseResults.of(page);
        const history = page.map((line) => presentHistoryLine(line, results.get(line.id)));
        return { status: 200, json: { history, next_before: last?.id ?? null } };
      },
    }),
  ];
}

function readActivation(body: ActivateBody) {
  return { force: body.force, ...defined({ channel: body.channel, policy: readPolicy(body) }) };
}
