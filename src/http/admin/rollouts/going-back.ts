import { channelOfCompatible, releaseWithRolloutJson } from '../../../contract/release';
import { backTargetJson, goBackBody } from '../../../contract/release-history';
import { parseCompatible } from '../../../core/bundle';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { by, defined } from '../kernel/service-request';
import { presentWithRollout } from './release-json';
import { presentBackTarget } from './release-result-json';

const one = { 200: { description: 'The release after the change', schema: releaseWithRolloutJson } };

/** Shows the previous release, and goes back to it. */
export function goBackRoutes({ services }: AdminOptions): readonly Route[] {
  const { goBack } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/releases/back',
      scope: 'read',
      operation: 'previewGoBack',
      summary: 'The release that going back would restore, where it stood and how it ended; changes nothing',
      input: { query: channelOfCompatible },
      answers: { 200: { description: 'The previous release', schema: backTargetJson } },
      problems: ['not-found'],
      handle: async ({ input: { query } }) => {
        const place = {
          compatible: parseCompatible(query.compatible),
          ...defined({ channel: query.channel }),
        };
        return { status: 200, json: presentBackTarget(await goBack.preview(place)) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/back',
      scope: 'publish',
      operation: 'goBack',
      summary:
        'Bring back the previous release as it was, with its policy and at its step; skips aborted ones',
      input: {
        body: goBackBody,
      },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input: { body }, actor }) => {
        const { channel, expected, expected_release: expectedRelease } = body;
        const release = await goBack.goBack({
          compatible: parseCompatible(body.compatible),
          ...defined({ channel, expected, expectedRelease }),
          isUnprovenAccepted: body.unproven,
          isResumed: body.resume,
          ...by(actor),
        });
        return { status: 200, json: presentWithRollout(release) };
      },
    }),
  ];
}
