import type { Request, Response } from 'express';
import { sessionJson, type SessionJson, signInBody } from '../../../contract/session';
import { DomainError } from '../../../core/errors';
import { tellsPath } from '../../../base/text/called-as';
import type { AdminOptions } from '../kernel/admin-options';
import { type Caller, callerOf, type Identify } from './authenticate';
import type { CheckToken } from './check-token';
import { isDirect } from '../kernel/direct-request';
import { defineRoute, type Route } from '../kernel/route';
import { contextOf } from '../kernel/request-context';
import type { SessionCookies } from './session-cookie';

export interface SessionPorts {
  readonly checkToken: CheckToken;
  readonly identify: Identify;
  readonly cookies: SessionCookies;
  readonly needsToken: (request: Request) => boolean;
}

/** How a browser signs in: it sends a token once, and uses a cookie from then on. */
export function sessionRoutes(
  { services, version, command = 'rauc-simple-server' }: AdminOptions,
  { checkToken, identify, cookies, needsToken }: SessionPorts,
): readonly Route[] {
  const { manageSessions, manageTokens } = services;

  /** Users of this machine see the path in its process list anyway. */
  function mayKnowCommand(request: Request, caller: Caller | null): boolean {
    return caller !== null || !tellsPath(command) || isDirect(request);
  }

  async function present(request: Request, caller: Caller | null) {
    const json: SessionJson = {
      signed_in: caller !== null,
      token_required: needsToken(request),
      token_exists: await manageTokens.exists(),
      name: caller?.name ?? null,
      scopes: [...(caller?.scopes ?? [])],
      version,
      command: mayKnowCommand(request, caller) ? command : null,
    };
    return { status: 200, json, secret: true };
  }

  async function find(request: Request, response: Response): Promise<Caller | null> {
    try {
      return await identify(request, response);
    } catch (error) {
      if (error instanceof DomainError && error.code !== 'unavailable') return null;
      throw error;
    }
  }

  async function endPresent(request: Request): Promise<void> {
    for (const id of cookies.read(request)) await manageSessions.end(id, contextOf(request).address);
  }

  return [
    defineRoute({
      method: 'get',
      path: '/api/session',
      scope: null,
      operation: 'getSession',
      summary: 'Who you are and what you may do',
      input: {},
      answers: { 200: { description: 'Whether you are signed in', schema: sessionJson } },
      problems: [],
      handle: async ({ request, response }) => present(request, await find(request, response)),
    }),
    defineRoute({
      method: 'post',
      path: '/api/session',
      scope: null,
      operation: 'signIn',
      summary: 'Sign in with a token; the answer sets a session cookie',
      input: { body: signInBody },
      answers: { 200: { description: 'The browser is signed in', schema: sessionJson } },
      problems: ['unauthenticated', 'too-many-requests'],
      handle: async ({ input, request, response }) => {
        const token = await checkToken(input.body.token, request);
        await endPresent(request);
        cookies.set(request, response, await manageSessions.begin(token, contextOf(request).address));
        return present(request, callerOf(token));
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/session',
      scope: null,
      operation: 'signOut',
      summary: 'Sign out: ends the session and clears the cookie',
      input: {},
      answers: { 200: { description: 'Signed out', schema: sessionJson } },
      problems: [],
      handle: async ({ request, response }) => {
        await endPresent(request);
        cookies.clear(response);
        return present(request, await find(request, response));
      },
    }),
  ];
}
