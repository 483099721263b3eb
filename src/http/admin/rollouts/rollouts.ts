import { z } from 'zod';
import { parseCompatible } from '../../../core/bundle';
import type { Release } from '../../../core/release';
import type { AdminOptions } from '../kernel/admin-options';
import { channelField, policyFields, readPolicy } from './policy-fields';
import { effectFields, presentEffect, presentReach, reachJson, warningsJson } from './reach-json';
import { presentRelease } from './release-json';
import { backTargetJson, presentBackTarget } from './release-result-json';
import {
  bundleName,
  compatible,
  flag,
  optionalCompatible,
  wholeNumber,
  word,
} from '../../../contract/request-fields';
import { by, defined } from '../kernel/service-request';
import { presentProgress, presentRollout, releaseWithRolloutJson, rolloutProgressJson } from './rollout-json';
import { defineRoute, type Route } from '../kernel/route';

const releaseId = z.object({ id: wholeNumber.transform(Number) });
const reason = z.strictObject({ reason: z.string().max(200).default('') });
const one = { 200: { description: 'The release after it', schema: releaseWithRolloutJson } };
const newRelease = z.strictObject({
  bundle: bundleName,
  compatible: optionalCompatible,
  channel: channelField,
  force: flag.describe('although the manifest names another compatible'),
  ...policyFields,
});
/** A release that was just made. */
export const madeReleaseJson = releaseWithRolloutJson.extend(effectFields);
export const releasePreviewJson = z.object({
  compatible: z.string(),
  channel: z.string(),
  version: z.string().nullable().describe('of the bundle'),
  changes: z.boolean().describe('false: it is current already, and stays as it is'),
  current: releaseWithRolloutJson.nullable().describe('what it replaces'),
  reach: reachJson,
  warnings: warningsJson,
});
export const releaseDetailsJson = releaseWithRolloutJson.extend({
  progress: rolloutProgressJson,
  undo: z
    .object({ bundle: z.string().nullable().describe('what is current then; null: nothing') })
    .nullable()
    .describe('null when it cannot be undone: a device was offered it, or it was brought back'),
});

export const releaseDefaultsJson = z.object({
  steps: z.string().describe('RELEASE_STEPS; 100 is everyone at once'),
  pause_at_failures: z.number().int().describe('RELEASE_PAUSE_AT_FAILURES'),
});

/** Releases on their channels, and how they reach their devices. */
export function rolloutRoutes({ services, releaseDefaults }: AdminOptions): readonly Route[] {
  const { activateRelease, goBack, undoRelease, previewRelease, manageRollouts, describeRollout } = services;

  return [
    defineRoute({
      method: 'get',
      path: '/api/releases',
      scope: 'read',
      operation: 'listReleases',
      summary: 'What is current, by compatible and channel, and where its rollout stands',
      input: { query: z.strictObject({ compatible: compatible.optional(), channel: word.optional() }) },
      answers: {
        200: { description: 'The releases', schema: z.object({ releases: z.array(releaseWithRolloutJson) }) },
      },
      problems: [],
      handle: ({ input: { query } }) => {
        const releases = manageRollouts
          .list()
          .filter((release) => query.compatible === undefined || release.compatible === query.compatible)
          .filter((release) => query.channel === undefined || release.channel === query.channel);
        return { status: 200, json: { releases: releases.map(present) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases',
      scope: 'publish',
      operation: 'createRelease',
      summary: 'Make a bundle current on a channel, with the policy of its rollout',
      input: {
        body: newRelease,
      },
      answers: {
        200: {
          description: 'It was current before, and no policy was given',
          schema: madeReleaseJson,
        },
        201: { description: 'It is current', schema: madeReleaseJson },
      },
      problems: ['not-found', 'conflict'],
      handle: async ({ input: { body }, actor }) => {
        const { release, changed } = await activateRelease.activate({ ...readRelease(body), ...by(actor) });
        const json = { ...present(release), ...(await presentEffect(previewRelease, release)) };
        return { status: changed ? 201 : 200, json };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/releases/defaults',
      scope: 'read',
      operation: 'getReleaseDefaults',
      summary: 'What the release dialog proposes. A request that leaves it out releases to everyone at once',
      input: {},
      answers: { 200: { description: 'As it is configured', schema: releaseDefaultsJson } },
      problems: [],
      handle: () => {
        const { steps, pauseAtFailures } = releaseDefaults;
        return { status: 200, json: { steps, pause_at_failures: pauseAtFailures } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/preview',
      scope: 'publish',
      operation: 'previewRelease',
      summary: 'What making a release would do: whom it reaches, and what it replaces. Changes nothing',
      input: { body: newRelease },
      answers: { 200: { description: 'What it would do', schema: releasePreviewJson } },
      problems: ['not-found', 'conflict', 'unavailable'],
      handle: async ({ input: { body }, actor }) => {
        const preview = await previewRelease.preview({ ...readRelease(body), ...by(actor) });
        const { current, reach, warnings } = preview;
        return {
          status: 200,
          json: {
            ...preview,
            current: current && present(current),
            reach: presentReach(reach),
            warnings: [...warnings],
          },
        };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/releases/back',
      scope: 'read',
      operation: 'previewGoBack',
      summary: 'The release that going back leads to, where it stood and what it came to; changes nothing',
      input: { query: z.strictObject({ compatible, channel: channelField }) },
      answers: { 200: { description: 'The release before', schema: backTargetJson } },
      problems: ['not-found'],
      handle: ({ input: { query } }) => {
        const place = {
          compatible: parseCompatible(query.compatible),
          ...defined({ channel: query.channel }),
        };
        return { status: 200, json: presentBackTarget(goBack.preview(place)) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/back',
      scope: 'publish',
      operation: 'goBack',
      summary:
        'Bring the release before back as it was, with its policy and in its step; aborted ones are skipped',
      input: {
        body: z.strictObject({
          compatible,
          channel: channelField,
          expected: bundleName.optional().describe('refuse when another bundle was current before'),
          expected_release: z
            .number()
            .int()
            .optional()
            .describe('refuse when another release is the one before'),
          unproven: flag.describe('also to a bundle that no device has proven'),
          resume: flag.describe('let it go on when it was paused; failures so far are accepted'),
        }),
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
        return { status: 200, json: present(release) };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/deactivate',
      scope: 'publish',
      operation: 'deactivateChannel',
      summary: 'Offer nothing on a channel of a compatible any more',
      input: { body: z.strictObject({ compatible, channel: channelField }) },
      answers: {
        200: { description: 'Nothing is offered there', schema: z.object({ deactivated: z.string() }) },
      },
      problems: ['not-found'],
      handle: async ({ input: { body }, actor }) => {
        const { previousBundleName } = await activateRelease.deactivate({
          compatible: parseCompatible(body.compatible),
          ...(body.channel === undefined ? {} : { channel: body.channel }),
          ...by(actor),
        });
        return { status: 200, json: { deactivated: previousBundleName ?? '' } };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/releases/{id}',
      scope: 'read',
      operation: 'getRelease',
      summary: 'One release that is current, and how far it has come, step by step',
      input: { params: releaseId },
      answers: { 200: { description: 'The release', schema: releaseDetailsJson } },
      problems: ['not-found'],
      handle: async ({ input }) => {
        const release = manageRollouts.get(input.params.id);
        const progress = presentProgress(await describeRollout(release));
        const target = undoRelease.preview(release.id);
        const undo = target === undefined ? null : { bundle: target?.bundle.name ?? null };
        return { status: 200, json: { ...present(release), progress, undo } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/undo',
      scope: 'publish',
      operation: 'undoRelease',
      summary:
        'Take a release back that no device was offered yet: what was current before is current again, as it was',
      input: { params: releaseId, body: z.strictObject({}) },
      answers: {
        200: {
          description: 'It is undone',
          schema: z.object({
            undone: z.number().int(),
            release: releaseWithRolloutJson.nullable().describe('what is current now; null: nothing'),
          }),
        },
      },
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => {
        const release = await undoRelease.undo(input.params.id, actor);
        return { status: 200, json: { undone: input.params.id, release: release && present(release) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/promote',
      scope: 'publish',
      operation: 'promoteRollout',
      summary: 'Go to the next step',
      input: {
        params: releaseId,
        body: z.strictObject({
          from_step: z
            .number()
            .int()
            .min(1)
            .describe('the step that the caller saw: of two who promote at once, one is refused'),
        }),
      },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => {
        const { from_step: fromStep } = input.body;
        return {
          status: 200,
          json: present(await manageRollouts.promote(input.params.id, fromStep - 1, actor)),
        };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/pause',
      scope: 'publish',
      operation: 'pauseRollout',
      summary: 'Offer it to nobody new until it is resumed',
      input: { params: releaseId, body: reason },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => ({
        status: 200,
        json: present(await manageRollouts.pause(input.params.id, input.body.reason, actor)),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/resume',
      scope: 'publish',
      operation: 'resumeRollout',
      summary: 'Go on after a pause; failures so far are accepted',
      input: { params: releaseId, body: z.strictObject({}) },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => ({
        status: 200,
        json: present(await manageRollouts.resume(input.params.id, actor)),
      }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/abort',
      scope: 'publish',
      operation: 'abortRollout',
      summary: 'Offer it to nobody any more; devices keep what they have',
      input: { params: releaseId, body: reason },
      answers: one,
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => ({
        status: 200,
        json: present(await manageRollouts.abort(input.params.id, input.body.reason, actor)),
      }),
    }),
  ];
}

function readRelease(body: z.infer<typeof newRelease>) {
  const policy = readPolicy(body);
  return {
    name: body.bundle,
    force: body.force,
    ...(body.compatible === undefined ? {} : { compatible: body.compatible }),
    ...(body.channel === undefined ? {} : { channel: body.channel }),
    ...(policy === undefined ? {} : { policy }),
  };
}

function present(release: Release): z.infer<typeof releaseWithRolloutJson> {
  return { ...presentRelease(release), rollout: presentRollout(release) };
}
