import { aboutJson, type AboutJson, type OptionJson, type ServerJson } from '../../../contract/server';
import type { Node } from '../../../ports/nodes';
import type { DatabaseVersion } from '../../../ports/store';
import type { ServerOption } from '../../../services/overview/describe-server';
import type { AdminOptions } from '../kernel/admin-options';
import { defineRoute, type Route } from '../kernel/route';

/** What runs here, and how it is configured. */
export function aboutRoutes({ services }: AdminOptions): readonly Route[] {
  return [
    defineRoute({
      method: 'get',
      path: '/api/about',
      scope: 'read',
      operation: 'getAbout',
      summary: 'Versions, configuration and storage of the server',
      input: {},
      answers: { 200: { description: 'The server', schema: aboutJson } },
      problems: [],
      handle: async () => {
        const server = await services.describeServer();
        const { sizes, freeBytes } = server.storage;
        const json: AboutJson = {
          version: server.version,
          node: server.nodeVersion,
          sqlite: versionOf('SQLite', server.database),
          postgresql: versionOf('PostgreSQL', server.database),
          servers: server.nodes.map(presentNode),
          started_at: server.startedAt.toISOString(),
          uptime_seconds: server.uptimeSeconds,
          device_url: server.deviceUrl,
          options: server.options.map(presentOption),
          storage: {
            bundles_bytes: sizes.bundles,
            uploads_bytes: sizes.uploads,
            database_bytes: sizes.database,
            other_bytes: sizes.other,
            outside_bytes: sizes.outside,
            free_bytes: freeBytes,
          },
        };
        return { status: 200, json };
      },
    }),
  ];
}

function presentNode({ name, version, startedAt, silentMs, isLeader, behind, isThis }: Node): ServerJson {
  return {
    name,
    version,
    started_at: startedAt.toISOString(),
    silent_seconds: Math.floor(silentMs / 1_000),
    leads: isLeader,
    behind,
    is_this: isThis,
  };
}

function presentOption({ variable, value, isSet, isSecret, source, doc }: ServerOption): OptionJson {
  return {
    name: variable,
    value: isSecret ? (isSet ? 'set' : 'not set') : value,
    is_default: source === 'default',
    source,
    secret: isSecret,
    doc,
  };
}

/** @returns `null` for a database that is not in use */
function versionOf(name: DatabaseVersion['name'], database: DatabaseVersion): string | null {
  return database.name === name ? database.version : null;
}
