import type { z } from 'zod';
import { deviceParams } from '../../../contract/device';
import {
  deviceTokenJson,
  deviceTokenStateJson,
  importedTokensJson,
  importTokensBody,
  newDeviceTokenBody,
  noTokenJson,
  noTokensJson,
  rotateTokenBody,
} from '../../../contract/device-token';
import { gateway, holderName, type TokenHolder } from '../../../core/device-token';
import { problemOf } from '../../problem';
import type { DeviceTokenFacts, ShownDeviceToken } from '../../../services/access/device-tokens';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';

const shown = { description: 'The token', schema: deviceTokenJson };
const state = { description: 'Whether there is a token, and since when', schema: deviceTokenStateJson };
const none = { 200: { description: 'There is no token now', schema: noTokenJson } };

/** Tokens of devices, for hawkBit's clients: everything needs the scope `admin`. */
export function deviceTokenRoutes(options: AdminOptions): readonly Route[] {
  const { deviceTokens, importTokens } = options.services;
  return [
    ...ofDevice(options),
    ...ofGateway(options),
    defineRoute({
      method: 'post',
      path: '/api/device-tokens/import',
      scope: 'admin',
      operation: 'importDeviceTokens',
      summary: "Import devices with their existing tokens, such as hawkBit's; unknown devices are created",
      input: { body: importTokensBody },
      answers: {
        200: { description: 'How many devices were created and changed', schema: importedTokensJson },
      },
      problems: [],
      handle: async ({ input, actor }) => {
        const { created, changed, failed } = await importTokens(input.body.tokens, actor);
        const told = failed.map(({ id, error }) => ({
          id,
          code: error.code,
          message: problemOf(error).detail ?? '',
        }));
        return { status: 200, json: { created, changed, failed: told } };
      },
    }),
    defineRoute({
      method: 'delete',
      path: '/api/device-tokens',
      scope: 'admin',
      operation: 'removeDeviceTokens',
      summary: 'Remove the tokens of all devices and that of the gateway',
      input: {},
      answers: { 200: { description: 'How many there were', schema: noTokensJson } },
      problems: [],
      handle: async ({ actor }) => ({ status: 200, json: { removed: await deviceTokens.removeAll(actor) } }),
    }),
  ];
}

function ofDevice({ services: { deviceTokens } }: AdminOptions): readonly Route[] {
  const path = '/api/devices/{id}/token';
  const holderOf = ({ id }: { id: string }): TokenHolder => ({ kind: 'device', id });
  return [
    defineRoute({
      method: 'get',
      path,
      scope: 'admin',
      operation: 'showDeviceToken',
      summary: 'The token of a device',
      input: { params: deviceParams },
      answers: { 200: shown },
      problems: ['not-found'],
      handle: async ({ input }) => answer(200, await deviceTokens.show(holderOf(input.params))),
    }),
    defineRoute({
      method: 'get',
      path: `${path}/state`,
      scope: 'admin',
      operation: 'describeDeviceToken',
      summary: 'Whether a device has a token, without showing it',
      input: { params: deviceParams },
      answers: { 200: state },
      problems: [],
      handle: async ({ input }) => stateAnswer(await deviceTokens.describe(holderOf(input.params))),
    }),
    defineRoute({
      method: 'post',
      path,
      scope: 'admin',
      operation: 'createDeviceToken',
      summary: 'Create the token of a device',
      input: { params: deviceParams, body: newDeviceTokenBody },
      answers: { 201: shown },
      problems: ['not-found', 'conflict'],
      handle: async ({ input: { params, body }, actor }) =>
        answer(201, await deviceTokens.create(holderOf(params), body, actor)),
    }),
    defineRoute({
      method: 'post',
      path: `${path}/rotate`,
      scope: 'admin',
      operation: 'rotateDeviceToken',
      summary: 'Replace the token of a device; the old one stays valid for a while',
      input: { params: deviceParams, body: rotateTokenBody },
      answers: { 200: shown },
      problems: ['not-found'],
      handle: async ({ input: { params, body }, actor }) =>
        answer(200, await deviceTokens.rotate(holderOf(params), rotation(body), actor)),
    }),
    defineRoute({
      method: 'delete',
      path,
      scope: 'admin',
      operation: 'removeDeviceToken',
      summary: 'Remove the token of a device; it is refused at once',
      input: { params: deviceParams },
      answers: none,
      problems: ['not-found'],
      handle: async ({ input, actor }) => {
        await deviceTokens.remove(holderOf(input.params), actor);
        return { status: 200, json: { removed: input.params.id } };
      },
    }),
  ];
}

function ofGateway({ services: { deviceTokens } }: AdminOptions): readonly Route[] {
  const path = '/api/gateway-token';
  return [
    defineRoute({
      method: 'get',
      path,
      scope: 'admin',
      operation: 'showGatewayToken',
      summary: 'The gateway token, which all devices share',
      input: {},
      answers: { 200: shown },
      problems: ['not-found'],
      handle: async () => answer(200, await deviceTokens.show(gateway)),
    }),
    defineRoute({
      method: 'get',
      path: `${path}/state`,
      scope: 'admin',
      operation: 'describeGatewayToken',
      summary: 'Whether there is a gateway token, without showing it',
      input: {},
      answers: { 200: state },
      problems: [],
      handle: async () => stateAnswer(await deviceTokens.describe(gateway)),
    }),
    defineRoute({
      method: 'post',
      path,
      scope: 'admin',
      operation: 'createGatewayToken',
      summary: 'Create the gateway token, which all devices share',
      input: { body: newDeviceTokenBody },
      answers: { 201: shown },
      problems: ['conflict'],
      handle: async ({ input: { body }, actor }) =>
        answer(201, await deviceTokens.create(gateway, body, actor)),
    }),
    defineRoute({
      method: 'post',
      path: `${path}/rotate`,
      scope: 'admin',
      operation: 'rotateGatewayToken',
      summary: 'Replace the gateway token; the old one stays valid for a while',
      input: { body: rotateTokenBody },
      answers: { 200: shown },
      problems: ['not-found'],
      handle: async ({ input: { body }, actor }) =>
        answer(200, await deviceTokens.rotate(gateway, rotation(body), actor)),
    }),
    defineRoute({
      method: 'delete',
      path,
      scope: 'admin',
      operation: 'removeGatewayToken',
      summary: 'Remove the gateway token; it is refused at once',
      input: {},
      answers: none,
      problems: ['not-found'],
      handle: async ({ actor }) => {
        await deviceTokens.remove(gateway, actor);
        return { status: 200, json: { removed: holderName(gateway) } };
      },
    }),
  ];
}

function answer<Status extends 200 | 201>(status: Status, token: ShownDeviceToken) {
  return { status, json: { token: token.token, ...factsJson(token) }, secret: true };
}

function stateAnswer(facts: DeviceTokenFacts | null) {
  const none = { created_at: null, created_by: null, previous_until: null };
  const json = { exists: facts !== null, ...(facts === null ? none : factsJson(facts)) };
  return { status: 200 as const, json };
}

function factsJson({ createdAt, createdBy, previousUntil }: DeviceTokenFacts) {
  return {
    created_at: createdAt.toISOString(),
    created_by: createdBy,
    previous_until: previousUntil?.toISOString() ?? null,
  };
}

function rotation({ token, overlap_seconds: seconds }: z.infer<typeof rotateTokenBody>) {
  return { token, overlapMs: seconds === undefined ? undefined : seconds * 1000 };
}
