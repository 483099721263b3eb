import { z } from 'zod';
import type { Bundle } from '../../../core/bundle';
import type { Draft } from '../../../core/draft';
import { DomainError } from '../../../core/errors';
import { parseFileName } from '../../../core/opaque';
import { checkUploadHeaders, receiveUpload } from '../catalog/receive-upload';
import { acceptBody } from '../kernel/request-body';
import { defineRoute, type Route } from '../kernel/route';
import { artifactJson, presentArtifact } from './draft-json';
import { numberParam } from './draft-query';
import { type ManagementOptions, root } from './management-options';

const path = `${root}/softwaremodules/{module}/artifacts`;
const params = z.object({ module: numberParam });
const oneParams = params.extend({ artifact: z.string().max(40) });
/** hawkBit's clients may send hashes and another name; the server computes the hashes itself. */
const uploadFields = z.object({ filename: z.string().optional() });

/** The file of a module. */
export function artifactRoutes(options: ManagementOptions): readonly Route[] {
  const { manageDrafts } = options.services;

  async function read(moduleId: number): Promise<{ module: Draft; bundle: Bundle | undefined }> {
    const module = await manageDrafts.get('module', moduleId);
    return { module, bundle: await manageDrafts.bundleOf(module) };
  }

  async function getOne({ module: moduleId, artifact: id }: z.infer<typeof oneParams>) {
    const { module, bundle } = await read(moduleId);
    if (bundle === undefined || id !== String(moduleId))
      throw DomainError.of('no-such-artifact', { id, moduleId });
    return presentArtifact(module, bundle);
  }

  return [
    uploadRoute(options),
    defineRoute({
      method: 'get',
      path,
      scope: 'read',
      operation: 'listArtifacts',
      summary: 'The file of a software module, in a list',
      input: { params },
      answers: { 200: { description: 'The artifacts', schema: z.array(artifactJson) } },
      problems: ['not-found'],
      handle: async ({ input }) => {
        const { module, bundle } = await read(input.params.module);
        return { status: 200, json: bundle === undefined ? [] : [presentArtifact(module, bundle)] };
      },
    }),
    defineRoute({
      method: 'get',
      path: `${path}/{artifact}`,
      scope: 'read',
      operation: 'getArtifact',
      summary: 'The file of a software module',
      input: { params: oneParams },
      answers: { 200: { description: 'The artifact', schema: artifactJson } },
      problems: ['not-found'],
      handle: async ({ input }) => ({ status: 200, json: await getOne(input.params) }),
    }),
    defineRoute({
      method: 'delete',
      path: `${path}/{artifact}`,
      scope: 'publish',
      operation: 'deleteArtifact',
      summary: 'Remove the file from a software module; its bundle stays',
      input: { params: oneParams },
      answers: { 200: { description: 'The module has no file now', schema: z.object({}) } },
      problems: ['not-found'],
      handle: async ({ input }) => {
        await getOne(input.params);
        await manageDrafts.removeFile(input.params.module);
        return { status: 200, json: {} };
      },
    }),
  ];
}

function uploadRoute({ services, uploadLimitBytes }: ManagementOptions): Route {
  const { manageDrafts, uploadFile, publishBundle } = services;
  return defineRoute({
    method: 'post',
    path,
    scope: 'publish',
    operation: 'uploadArtifact',
    summary: 'Upload the file of a software module: a bundle, which is verified before it is stored',
    input: { params },
    answers: { 201: { description: 'The artifact', schema: artifactJson } },
    problems: ['not-found', 'conflict', 'too-large', 'unsupported-media-type', 'bundle-broken'],
    handle: async ({ input, request, response, actor }) => {
      const { module: moduleId } = input.params;
      await manageDrafts.get('module', moduleId);
      checkUploadHeaders(request, uploadLimitBytes);
      acceptBody(request, response, () => undefined);
      const { name, staged } = await receiveUpload(request, response, {
        publishBundle,
        limitBytes: uploadLimitBytes,
        fileField: 'file',
        parseFields: (fields) => uploadFields.safeParse(fields).data ?? {},
        ...(uploadFile.allowsOpaque ? { checkName: parseFileName } : {}),
      });
      // Rereading a large bundle takes longer than a silent connection may last.
      request.socket.setTimeout(0);
      const bundle = await uploadFile.upload(staged, { moduleId, fileName: name, actor });
      return { status: 201, json: presentArtifact(await manageDrafts.get('module', moduleId), bundle) };
    },
  });
}
