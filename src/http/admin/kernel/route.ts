import type { Request, Response } from 'express';
import { z } from 'zod';
import type { ProblemCode } from '../../../contract/problem';
import { DomainError } from '../../../core/errors';
import { findUnstorable } from '../../../core/stored-text';
import type { Actor } from '../../../core/event';
import type { TokenScope } from '../../../services/access/manage-tokens';
import { invalidFields, sayInvalidField, sayIssue } from '../../invalid-fields';

/** What a handler returns; `answer.ts` turns it into bytes. */
export interface Answer {
  readonly status: number;
  readonly json?: object;
  /** Instead of JSON. */
  readonly text?: { readonly mediaType: string; readonly body: string };
  /** What the redirect of a browser's form shows: the outcome and the name it is about. */
  readonly done?: { readonly outcome: string; readonly name: string };
  /** Whether the answer must not be cached. */
  readonly secret?: boolean;
}

/** Returned by a handler that has answered itself, and may still be sending. */
export const answered = 'answered' as const;

/** The parts of a request that a route validates. */
export type RequestShape = Partial<
  Readonly<Record<'params' | 'query', z.ZodObject>> & { readonly body: z.ZodType }
>;

export interface Call<Shape extends RequestShape> {
  readonly input: z.infer<z.ZodObject<Shape>>;
  readonly actor: Actor;
  /** For routes that read their body, or send their answer, themselves. */
  readonly request: Request;
  readonly response: Response;
}

export interface DocumentedAnswer {
  readonly description: string;
  readonly schema?: z.ZodType<object>;
  /** Default: `application/json`; `null` for an answer without a body. */
  readonly mediaType?: string | null;
}

type DocumentedAnswers = Readonly<Record<number, DocumentedAnswer>>;

type JsonOf<Documented> = Documented extends { readonly schema: z.ZodType<infer Json> } ? Json : never;

/** What a handler may return: JSON as the route's schemas describe it, so that the two cannot drift apart. */
type AnswerOf<Answers extends DocumentedAnswers> = Omit<Answer, 'json'> & {
  readonly json?: object & JsonOf<Answers[keyof Answers]>;
};

interface RouteDescription<Answers extends DocumentedAnswers = DocumentedAnswers> {
  readonly method: 'get' | 'post' | 'put' | 'patch' | 'delete';
  /** As in OpenAPI: `/activate/{name}`. */
  readonly path: string;
  /** The scope that a token needs; `null` for what anyone may see. */
  readonly scope: TokenScope | null;
  readonly operation: string;
  readonly summary: string;
  /** The fields of a multipart body, which the handler reads itself. */
  readonly multipart?: z.ZodObject;
  readonly answers: Answers;
  /** The refusals in addition to those that every route has. */
  readonly problems: readonly ProblemCode[];
}

/** One line of the route table: it drives routing, validation and the OpenAPI document. */
export interface Route extends RouteDescription {
  readonly shape: RequestShape;
  /** Validates the request, then handles it. @throws DomainError */
  answer(request: Request, response: Response, actor: Actor): Promise<Answer | typeof answered>;
}

/** Ties a handler to the schemas that validate its input and describe its answers. */
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
 * Validates untrusted input and collects every bad field. It also checks that each text can be stored, which no
 * schema says.
 * @throws DomainError `invalid-input`
 */
export function parseInput<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const result = schema.safeParse(value, { error: sayIssue });
  const unstorable = result.success ? findUnstorable(result.data) : [];
  if (result.success && unstorable.length === 0) return result.data;
  const issues = result.success
    ? unstorable.map((path) => ({ path, message: 'contains a NUL or an unpaired surrogate' }))
    : result.error.issues;
  const errors = invalidFields(issues);
  throw DomainError.of(
    'request-fields-invalid',
    { problems: errors.map(sayInvalidField) },
    { details: { errors } },
  );
}
