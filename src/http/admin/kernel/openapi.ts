import { z } from 'zod';
import { openApiJson, type OpenApiDocument } from '../../../contract/openapi';
import { type ProblemCode, problemJson, problemMediaType } from '../../../contract/problem';
import { statusOfProblem } from '../../problem';
import { defineRoute, type Route } from './route';

const problemsOfAll: readonly ProblemCode[] = ['invalid-input', 'forbidden', 'internal'];
const problemsOfScoped: readonly ProblemCode[] = ['unauthenticated', 'too-many-requests'];

/** `GET /api/openapi.json`: describes the other routes and itself. */
export function openApiRoutes(others: readonly Route[], version: string): readonly Route[] {
  let document: OpenApiDocument | undefined;
  const own: Route = defineRoute({
    method: 'get',
    path: '/api/openapi.json',
    scope: 'read',
    operation: 'getOpenApi',
    summary: 'This document',
    input: {},
    answers: {
      200: { description: 'An OpenAPI 3.1 document', schema: openApiJson },
    },
    problems: [],
    handle: () => ({ status: 200, json: (document ??= createOpenApi([...others, own], version)) }),
  });
  return [own];
}

/** The OpenAPI 3.1 document of a route table, from the schemas that validate its requests. */
export function createOpenApi(routes: readonly Route[], version: string): OpenApiDocument {
  const paths: Record<string, Record<string, object>> = {};
  for (const route of routes) (paths[route.path] ??= {})[route.method] = describeOperation(route);
  return {
    openapi: '3.1.0',
    info: { title: 'RAUC Simple Server: admin API', version, license: { name: 'MIT', identifier: 'MIT' } },
    // Relative to the document (OpenAPI 3.1, section 4.8.5): a proxy may serve everything below its own path.
    servers: [{ url: '..' }],
    paths,
    components: {
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer', description: 'Required unless bound to loopback' },
        session: {
          type: 'apiKey',
          in: 'cookie',
          name: 'rauc_session',
          description: 'Instead of a token, for the dashboard in a browser',
        },
      },
      schemas: { Problem: jsonSchema(problemJson, 'output') },
    },
  };
}

function describeOperation(route: Route): object {
  const codes = [...problemsOfAll, ...(route.scope === null ? [] : problemsOfScoped), ...route.problems];
  const answers = Object.entries(route.answers).map(([status, { description, schema, mediaType }]) => {
    if (mediaType === null) return [status, { description }] as const;
    const content = {
      [mediaType ?? 'application/json']: schema === undefined ? {} : { schema: jsonSchema(schema, 'output') },
    };
    return [status, { description, content }] as const;
  });
  const formAnswer =
    route.method === 'post' && !route.path.startsWith('/api/') ? [['303', seeOther] as const] : [];
  return {
    operationId: route.operation,
    summary: route.summary,
    ...(route.scope === null
      ? { security: [] }
      : { description: `Scope: ${route.scope}.`, security: [{}, { token: [] }, { session: [] }] }),
    ...parametersOf(route),
    ...bodyOf(route),
    responses: Object.fromEntries([...answers, ...formAnswer, ...problemsByStatus(codes)]),
  };
}

const seeOther = {
  description: 'Instead of JSON, for an HTML form',
  headers: { Location: { schema: { type: 'string' } } },
};

function problemsByStatus(codes: readonly ProblemCode[]): readonly (readonly [string, object])[] {
  const statuses = [...new Set(codes.map(statusOfProblem))].sort((a, b) => a - b);
  return statuses.map((status) => [
    String(status),
    {
      description: [...new Set(codes)].filter((code) => statusOfProblem(code) === status).join(', '),
      content: { [problemMediaType]: { schema: { $ref: '#/components/schemas/Problem' } } },
    },
  ]);
}

function parametersOf({ shape }: Route): object {
  const parameters = (['params', 'query'] as const).flatMap((place) =>
    Object.entries(shape[place]?.shape ?? {}).map(([name, schema]) => ({
      name,
      in: place === 'params' ? 'path' : 'query',
      required: place === 'params',
      schema: jsonSchema(schema as z.ZodType, 'input'),
    })),
  );
  return parameters.length === 0 ? {} : { parameters };
}

function bodyOf({ shape, multipart }: Route): object {
  if (multipart !== undefined) {
    const form = multipart.extend({ bundle: z.file().describe('The .raucb file, with its file name') });
    return {
      requestBody: {
        required: true,
        content: { 'multipart/form-data': { schema: jsonSchema(form, 'input') } },
      },
    };
  }
  if (shape.body === undefined) return {};
  const content = { schema: jsonSchema(shape.body, 'input') };
  const required = !shape.body.safeParse({}).success;
  return {
    requestBody: {
      required,
      content: { 'application/json': content, 'application/x-www-form-urlencoded': content },
    },
  };
}

/** @param side what callers send (before defaults and transforms), or what they get */
function jsonSchema(schema: z.ZodType, side: 'input' | 'output'): object {
  // OpenAPI 3.1 implies this dialect; repeated in each schema it would only be noise.
  return { ...z.toJSONSchema(schema, { io: side }), $schema: undefined };
}
