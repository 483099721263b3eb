import { presentFinding } from '../../../contract/present-why';
import {
  deactivateBody,
  deactivatedChannelJson,
  madeReleaseJson,
  newReleaseBody,
  type NewReleaseBody,
  releaseDefaultsJson,
  releaseDetailsJson,
  releaseListJson,
  releaseListQuery,
  releaseParams,
  releasePreviewJson,
  undoneReleaseJson,
} from '../../../contract/release';
import { nothing } from '../../../contract/request-fields';
import { parseCompatible } from '../../../core/bundle';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { by, defined } from '../kernel/service-request';
import { presentEffect, presentReach } from './reach-json';
import { readPolicy } from './read-policy';
import { presentWithRollout } from './release-json';
import { presentProgress } from './rollout-json';

/** Releases on their channels: show the current ones, make new ones. */
export function releaseRoutes({ services, releaseDefaults }: AdminOptions): readonly Route[] {
  const { activateRelease, undoRelease, previewRelease, manageRollouts, describeRollout } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/releases',
      scope: 'read',
      operation: 'listReleases',
      summary: 'Current releases by compatible and channel, and where their rollouts stand',
      input: { query: releaseListQuery },
      answers: {
        200: { description: 'The releases', schema: releaseListJson },
      },
      problems: [],
      handle: ({ input: { query } }) => {
        const releases = manageRollouts
          .list()
          .filter((release) => query.compatible === undefined || release.compatible === query.compatible)
          .filter((release) => query.channel === undefined || release.channel === query.channel);
        return { status: 200, json: { releases: releases.map(presentWithRollout) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases',
      scope: 'publish',
      operation: 'createRelease',
      summary: 'Make a bundle current on a channel, with a rollout policy',
      input: {
        body: newReleaseBody,
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
        const json = { ...presentWithRollout(release), ...(await presentEffect(previewRelease, release)) };
        return { status: changed ? 201 : 200, json };
      },
    }),
    defineRoute({
      method: 'get',
      path: '/api/releases/defaults',
      scope: 'read',
      operation: 'getReleaseDefaults',
      summary: 'What the release dialog proposes. A request without steps releases to all devices at once',
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
      summary: 'What a release would do: which devices it reaches and what it replaces. Changes nothing',
      input: { body: newReleaseBody },
      answers: { 200: { description: 'What it would do', schema: releasePreviewJson } },
      problems: ['not-found', 'conflict', 'unavailable'],
      handle: async ({ input: { body }, actor }) => {
        const preview = await previewRelease.preview({ ...readRelease(body), ...by(actor) });
        const { current, reach, warnings, ...place } = preview;
        const shown = { current: current && presentWithRollout(current), reach: presentReach(reach) };
        return { status: 200, json: { ...place, ...shown, warnings: warnings.map(presentFinding) } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/deactivate',
      scope: 'publish',
      operation: 'deactivateChannel',
      summary: 'Stop offering updates on a channel of a compatible',
      input: { body: deactivateBody },
      answers: {
        200: { description: 'Nothing is offered there', schema: deactivatedChannelJson },
      },
      problems: ['not-found', 'conflict'],
      handle: async ({ input: { body }, actor }) => {
        const { previousBundleName } = await activateRelease.deactivate({
          compatible: parseCompatible(body.compatible),
          ...defined({ channel: body.channel, expectedReleaseId: body.expected_release }),
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
      summary: 'A current release and its progress, step by step',
      input: { params: releaseParams },
      answers: { 200: { description: 'The release', schema: releaseDetailsJson } },
      problems: ['not-found'],
      handle: async ({ input }) => {
        const release = manageRollouts.get(input.params.id);
        const progress = presentProgress(await describeRollout(release));
        const target = await undoRelease.preview(release.id);
        const undo = target === undefined ? null : { bundle: target?.bundle.name ?? null };
        return { status: 200, json: { ...presentWithRollout(release), progress, undo } };
      },
    }),
    defineRoute({
      method: 'post',
      path: '/api/releases/{id}/undo',
      scope: 'publish',
      operation: 'undoRelease',
      summary:
        'Undo a release that no device has been offered yet: the previous release becomes current again, as it was',
      input: { params: releaseParams, body: nothing },
      answers: {
        200: {
          description: 'It is undone',
          schema: undoneReleaseJson,
        },
      },
      problems: ['not-found', 'conflict'],
      handle: async ({ input, actor }) => {
        const release = await undoRelease.undo(input.params.id, actor);
        return {
          status: 200,
          json: { undone: input.params.id, release: release && presentWithRollout(release) },
        };
      },
    }),
  ];
}

function readRelease(body: NewReleaseBody) {
  const { bundle: name, force, compatible, channel } = body;
  return { name, force, ...defined({ compatible, channel, policy: readPolicy(body) }) };
}
