import { z } from 'zod';

/** The parts of an OpenAPI 3.1 document that we need. */
export const openApiJson = z.looseObject({ openapi: z.string() });
export type OpenApiDocument = z.infer<typeof openApiJson>;
