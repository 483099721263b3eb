import { releaseParams, releaseWithRolloutJson } from '../../../contract/release';
import { nothing, reasonBody } from '../../../contract/request-fields';
import { promoteBody } from '../../../contract/rollout';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { presentWithRollout } from './release-json';

const one = { 200: { description: 'The release after the change', schema: releaseWithRolloutJson } };

/** What people can do while a release reaches its devices. */
export function rolloutRoutes({ services }: AdminOptions): readonly Route[] {
  const { manageRollouts } = services;
  return [
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/promote',
      scope: 'publish',
      operation: 'promoteRollout',
      summary: 'Advance to the next step',
      input: {
        params: releaseParams,
        body: promoteBody,
      },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => {
        const { from_step: fromStep } = input.body;
        return {
          status: 200,
          json: presentWithRollout(await manageRollouts.promote(input.params.id, fromStep - 1, actor)),
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/pause',
      scope: 'publish',
      operation: 'pauseRollout',
      summary: 'Offer it to no further devices until resumed; running installations continue',
      input: { params: releaseParams, body: reasonBody },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => ({
        status: 200,
        json: presentWithRollout(await manageRollouts.pause(input.params.id, input.body.reason, actor)),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/resume',
      scope: 'publish',
      operation: 'resumeRollout',
      summary: 'Continue after a pause; failures so far are accepted',
      input: { params: releaseParams, body: nothing },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => ({
        status: 200,
        json: presentWithRollout(await manageRollouts.resume(input.params.id, actor)),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/abort',
      scope: 'publish',
      operation: 'abortRollout',
      summary: 'Stop offering it; devices keep what they have',
      input: { params: releaseParams, body: reasonBody },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => ({
        status: 200,
        json: presentWithRollout(await manageRollouts.abort(input.params.id, input.body.reason, actor)),
      }),
    }),
  ];
}
