import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ProblemCode } from '../../../contract/problem';
import { DomainError } from '../../../core/errors';
import { findUnstorable } from '../../../core/stored-text';
import type { Actor } from '../../../core/event';
import type { TokenScope } from '../../../services/access/manage-tokens';

/** What a handler gives back; `answer.ts` turns it into bytes. */
export interface Answer {
  readonly status: number;
  readonly json?: object;
  /** Instead of JSON. */
  readonly text?: { readonly mediaType: string; readonly body: string };
  /** What a browser's form is redirected to show: the outcome and the name of what it is about. */
  readonly done?: { readonly outcome: string; readonly name: string };
  /** Must not stay in any cache. */
  readonly secret?: boolean;
}

/** What a handler gives back that has answered by itself, and may go on answering. */
export const answered = 'answered' as const;

/** The parts of a request that a route checks. */
export type RequestShape = Partial<Record<'params' | 'query' | 'body', z.ZodObject>>;

export interface Call<Shape extends RequestShape> {
  readonly input: z.infer<z.ZodObject<Shape>>;
  readonly actor: Actor;
  /** For the routes that read their body, or send their answer, themselves. */
  readonly request: Request;
  readonly response: Response;
}

export interface DocumentedAnswer {
  readonly description: string;
  readonly schema?: z.ZodType<object>;
  /** `application/json` unless said; `null` for an answer without a body. */
  readonly mediaType?: string | null;
}

type DocumentedAnswers = Readonly<Record<number, DocumentedAnswer>>;

type JsonOf<Documented> = Documented extends { readonly schema: z.ZodType<infer Json> } ? Json : never;

/** What a handler may give back: JSON as the schemas of the route describe it, so that the two cannot drift apart. */
type AnswerOf<Answers extends DocumentedAnswers> = Omit<Answer, 'json'> & {
  readonly json?: object & JsonOf<Answers[keyof Answers]>;
};

interface RouteDescription<Answers extends DocumentedAnswers = DocumentedAnswers> {
  readonly method: 'get' | 'post' | 'patch' | 'delete';
  /** As in OpenAPI: `/activate/{name}`. */
  readonly path: string;
  /** What a token needs to be good for; `null` for what everybody may see. */
  readonly scope: TokenScope | null;
  readonly operation: string;
  readonly summary: string;
  /** The fields of a multipart body, which the handler reads itself. */
  readonly multipart?: z.ZodObject;
  readonly answers: Answers;
  /** The refusals beside those that every route has. */
  readonly problems: readonly ProblemCode[];
}

/** One line of the route table: it drives routing, validation and the OpenAPI document. */
export interface Route extends RouteDescription {
  readonly shape: RequestShape;
  /** Validates the request, then handles it. @throws DomainError */
  answer(request: Request, response: Response, actor: Actor): Promise<Answer | typeof answered>;
}

/** Ties a handler to the schemas that check its input, and that describe its answers. */
export function defineRoute<Shape extends RequestShape, Answers extends DocumentedAnswers>(
  description: RouteDescription<Answers> & {
    readonly input: Shape;
    readonly handle: (
      call: Call<Shape>,
    ) => AnswerOf<Answers> | typeof answered | Promise<AnswerOf<Answers> | typeof answered>;
  },
): Route {
  const { input: shape, handle, ...route } = description;
  const schema = z.object(shape);
  return {
    ...route,
    shape,
    answer: async (request, response, actor) => {
      const sent = {
        params: request.params,
        query: { ...request.query },
        body: (request.body ?? {}) as unknown,
      };
      return handle({ input: parseInput(schema, sent), actor, request, response });
    },
  };
}

/**
 * Checks untrusted input and collects every bad field. What no schema says, because it holds for each text: it can be stored.
 * @throws DomainError `invalid-input`
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value);
  const unstorable = result.success ? findUnstorable(result.data) : [];
  if (result.success && unstorable.length === 0) return result.data;
  const issues = result.success
    ? unstorable.map((path) => ({ path, message: 'contains a NUL or an unpaired surrogate' }))
    : result.error.issues;
  const errors = issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  throw new DomainError(
    'invalid-input',
    errors.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; '),
    { details: { errors }, remedy: 'GET /api/openapi.json describes each request.' },
  );
}
