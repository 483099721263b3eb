import { z } from 'zod';
import { DomainError } from '../../../core/errors';
import type { Actor } from '../../../core/event';
import {
  dayTimeText,
  type HawkbitSettings,
  parseAuthorities,
  parseDayTime,
} from '../../../core/hawkbit-settings';
import { gateway } from '../../../core/device-token';
import { defineRoute, type Route } from '../kernel/route';
import { type ManagementOptions, root, usualPollIntervalMs } from './management-options';

const value = z.union([z.string(), z.boolean(), z.number()]);
type Value = z.infer<typeof value>;
const configJson = z.object({ value, global: z.boolean() });
const params = z.object({ key: z.string().max(200) });

interface Config {
  read(): Value | Promise<Value>;
  write(value: Value, actor: Actor): Promise<void>;
}

/**
 * The configurations of hawkBit's tenant that mean something here. They are rows of `hawkbit_settings`, except the gateway token, which is
 * kept with the tokens of devices.
 */
export function systemConfigRoutes(options: ManagementOptions): readonly Route[] {
  const configs = describeConfigs(options);
  const get = (key: string): Config => {
    const found = Object.hasOwn(configs, key) ? configs[key] : undefined;
    if (found === undefined) throw DomainError.of('no-such-setting', { key: key.slice(0, 80) });
    return found;
  };
  const path = `${root}/system/configs/{key}`;
  const show = async (key: string) => ({ value: await get(key).read(), global: false });
  return [
    defineRoute({
      method: 'get',
      path: `${root}/system/configs`,
      scope: 'admin',
      operation: 'listConfigs',
      summary: 'All configurations',
      input: {},
      answers: { 200: { description: 'By key', schema: z.record(z.string(), configJson) } },
      problems: [],
      handle: async () => {
        const shown = await Promise.all(
          Object.keys(configs).map(async (key) => [key, await show(key)] as const),
        );
        return { status: 200, json: Object.fromEntries(shown), secret: true };
      },
    }),
    defineRoute({
      method: 'get',
      path,
      scope: 'admin',
      operation: 'getConfig',
      summary: 'One configuration',
      input: { params },
      answers: { 200: { description: 'Its value', schema: configJson } },
      problems: ['not-found'],
      handle: async ({ input }) => ({ status: 200, json: await show(input.params.key), secret: true }),
    }),
    defineRoute({
      method: 'put',
      path,
      scope: 'admin',
      operation: 'changeConfig',
      summary: 'Change a configuration',
      input: { params, body: z.object({ value }) },
      answers: { 200: { description: 'Its value now', schema: configJson } },
      problems: ['not-found'],
      handle: async ({ input: { params: named, body }, actor }) => {
        await get(named.key).write(body.value, actor);
        return { status: 200, json: await show(named.key), secret: true };
      },
    }),
  ];
}

function describeConfigs({
  services,
  hawkbitPollIntervalMs = usualPollIntervalMs,
}: ManagementOptions): Readonly<Record<string, Config>> {
  const { hawkbitSettings, replaceToken } = services;
  const settings = () => hawkbitSettings.current();

  function time(key: string, setting: 'pollingTimeMs' | 'pollingOverdueTimeMs', usualMs: number): Config {
    return {
      read: () => dayTimeText(settings()[setting] ?? usualMs),
      async write(given, actor) {
        const ms = parseDayTime(textOf(key, given));
        await hawkbitSettings.change({ [setting]: ms }, { setting: key, value: dayTimeText(ms) }, actor);
      },
    };
  }

  function flag(key: string, setting: FlagSetting): Config {
    return {
      read: () => settings()[setting] ?? true,
      async write(given, actor) {
        const isOn = flagOf(key, given);
        await hawkbitSettings.change({ [setting]: isOn }, { setting: key, value: String(isOn) }, actor);
      },
    };
  }

  const authority = 'authentication.header.authority';
  return {
    pollingTime: time('pollingTime', 'pollingTimeMs', hawkbitPollIntervalMs),
    pollingOverdueTime: time('pollingOverdueTime', 'pollingOverdueTimeMs', hawkbitPollIntervalMs),
    'authentication.targettoken.enabled': flag('authentication.targettoken.enabled', 'acceptsTargetTokens'),
    'authentication.gatewaytoken.enabled': flag('authentication.gatewaytoken.enabled', 'acceptsGatewayToken'),
    'authentication.gatewaytoken.key': {
      read: () => hawkbitSettings.gatewayToken(),
      write: (given, actor) => replaceToken(gateway, textOf('authentication.gatewaytoken.key', given), actor),
    },
    'authentication.header.enabled': flag('authentication.header.enabled', 'acceptsProxyHeader'),
    [authority]: {
      read: () => (settings().proxyAuthorities ?? []).join(','),
      async write(given, actor) {
        const proxyAuthorities = parseAuthorities(textOf(authority, given));
        const told = proxyAuthorities.join(',') || 'empty';
        await hawkbitSettings.change({ proxyAuthorities }, { setting: authority, value: told }, actor);
      },
    },
    'anonymous.download.enabled': {
      read: () => false,
      write(given) {
        const key = 'anonymous.download.enabled';
        if (flagOf(key, given)) throw DomainError.of('setting-fixed', { key, value: 'false' });
        return Promise.resolve();
      },
    },
  };
}

type FlagSetting = {
  [Key in keyof HawkbitSettings]: HawkbitSettings[Key] extends boolean | null ? Key : never;
}[keyof HawkbitSettings];

function textOf(key: string, given: Value): string {
  if (typeof given === 'string') return given;
  throw DomainError.of('setting-invalid', { key, type: 'text' });
}

/** Scripts send `true` and `"true"`. */
function flagOf(key: string, given: Value): boolean {
  const isOn = given === true || given === 'true';
  if (isOn || given === false || given === 'false') return isOn;
  throw DomainError.of('setting-invalid', { key, type: 'boolean' });
}
