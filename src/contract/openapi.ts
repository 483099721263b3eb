import { z } from 'zod';

/** An OpenAPI 3.1 document, as far as it is of interest here. */
export const openApiJson = z.looseObject({ openapi: z.string() });
export type OpenApiDocument = z.infer<typeof openApiJson>;
