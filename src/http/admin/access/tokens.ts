import {
  newTokenBody,
  newTokenJson,
  revokedTokenJson,
  tokenListJson,
  tokenParams,
} from '../../../contract/token';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';
import { by } from '../kernel/service-request';
import { presentToken } from './token-json';

/** Admin tokens: create, list and revoke them. All of it needs the scope `admin`. */
export function tokenRoutes({ services }: AdminOptions): readonly Route[] {
  const { manageTokens } = services;
  return [
    defineRoute({
      method: 'get',
      path: '/api/tokens',
      scope: 'admin',
      operation: 'listTokens',
      summary: 'All tokens, revoked ones too, without their secrets',
      input: {},
      answers: { 200: { description: 'The tokens', schema: tokenListJson } },
      problems: [],
      handle: async () => ({ status: 200, json: { tokens: (await manageTokens.list()).map(presentToken) } }),
    }),
    defineRoute({
      method: 'post',
      path: '/api/tokens',
      scope: 'admin',
      operation: 'createToken',
      summary: 'Create a token; its secret is shown only once',
      input: {
        body: newTokenBody,
      },
      answers: {
        201: { description: 'The token and its secret', schema: newTokenJson },
      },
      problems: ['conflict'],
      handle: async ({ input, actor }) => {
        const { token, secret } = await manageTokens.create({ ...input.body, ...by(actor) });
        return { status: 201, json: { token: presentToken(token), secret }, secret: true };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/tokens/{name}',
      scope: 'admin',
      operation: 'revokeToken',
      summary: 'Revoke a token with immediate effect',
      input: { params: tokenParams },
      answers: { 200: { description: 'The revoked token', schema: revokedTokenJson } },
      problems: ['not-found'],
      handle: async ({ input, actor }) => {
        const token = await manageTokens.revoke({ name: input.params.name, ...by(actor) });
        return { status: 200, json: { token: presentToken(token) } };
      },
    }),
  ];
}
