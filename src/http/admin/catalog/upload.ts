import { uploadFields, uploadJson } from '../../../contract/upload';
import { DomainError } from '../../../core/errors';
import type { AdminOptions } from '../kernel/admin-options';
import { acceptBody } from '../kernel/request-body';
import { defineRoute, parseInput, type Route } from '../kernel/route';
import { by, defined } from '../kernel/service-request';
import { presentEffect } from '../rollouts/reach-json';
import { readPolicy } from '../rollouts/read-policy';
import { presentRelease } from '../rollouts/release-json';
import { presentBundleDetails } from './bundle-json';
import { checkUploadHeaders, receiveUpload } from './receive-upload';

/** @throws DomainError `invalid-input`: also for a channel or a policy when the bundle is not to be activated */
function parseFields(sent: unknown) {
  const parsed = parseInput(uploadFields, { ...(sent as object) });
  const policy = readPolicy(parsed);
  if (!parsed.activate && (policy !== undefined || parsed.channel !== undefined)) {
    throw DomainError.of('rollout-without-activation');
  }
  return { ...parsed, policy };
}

/** `POST /upload`: receives a bundle as a stream. */
export function uploadRoutes({ services, uploadLimitBytes }: AdminOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'post',
      path: '/upload',
      scope: 'publish',
      operation: 'uploadBundle',
      summary: 'Upload a bundle: it is verified before it is stored',
      input: {},
      multipart: uploadFields,
      answers: {
        201: { description: 'The bundle is stored', schema: uploadJson },
        200: { description: 'The same content was already stored under this name', schema: uploadJson },
      },
      problems: [
        'conflict',
        'too-large',
        'unsupported-media-type',
        'bundle-broken',
        'bundle-untrusted',
        'storage-full',
      ],
      handle: async ({ request, response, actor }) => {
        checkUploadHeaders(request, uploadLimitBytes);
        acceptBody(request, response, () => undefined);
        const received = await receiveUpload(request, response, {
          publishBundle: services.publishBundle,
          limitBytes: uploadLimitBytes,
          parseFields,
        });
        // Rereading a large bundle takes longer than a silent connection may last.
        request.socket.setTimeout(0);
        const { compatible, activate, force, channel, policy } = received.fields;
        const { bundle, created, release } = await services.publishBundle.publish(received.staged, {
          name: received.name,
          activate,
          force,
          ...by(actor),
          ...defined({ compatible, channel, policy }),
        });
        const effect =
          release === null
            ? { reach: null, warnings: [] }
            : await presentEffect(services.previewRelease, release);
        return {
          status: created ? 201 : 200,
          json: {
            bundle: presentBundleDetails(services.listBundles.get(bundle.name)),
            created,
            release: release === null ? null : presentRelease(release),
            ...effect,
          },
          done: { outcome: release === null ? 'uploaded' : 'released', name: bundle.name },
        };
      },
    }),
  ];
}
