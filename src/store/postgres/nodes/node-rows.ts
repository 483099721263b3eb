import { sql } from 'kysely';
import type { Client, ClientBase } from 'pg';
import type { Node } from '../../../ports/nodes';
import { query, type Query } from '../queries';

/** This server among those on the database. */
export interface ThisNode {
  /** A new one for each run. */
  readonly id: string;
  /** Its machine and process, shown to people. */
  readonly name: string;
  /** The program's version. */
  readonly version: string;
}

/** A node that has been silent for this long counts as gone, and another one may lead. */
export const forgottenSeconds = 10;
/** How long people still see a node that ended without a word. */
const shownSeconds = 60;
const removedSeconds = 3_600;

/** Records that a node runs. */
export async function saveNode(client: Client, node: ThisNode, catalogVersion: number): Promise<void> {
  await client.query(
    `INSERT INTO nodes (id, name, version, started_at, seen_at, catalog_version)
       VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp(), $4)
       ON CONFLICT (id) DO UPDATE SET seen_at = clock_timestamp(), catalog_version = $4`,
    [node.id, node.name, node.version, catalogVersion],
  );
}

export async function removeNode(client: Client, { id }: ThisNode): Promise<void> {
  await client.query(
    `DELETE FROM nodes WHERE id = $1 OR seen_at < clock_timestamp() - interval '${removedSeconds} s'`,
    [id],
  );
}

/** The names of nodes that were heard from within the duration of a lease; none in tables of a version that did not record them. */
export async function presentNames(client: ClientBase): Promise<readonly string[]> {
  const select = `SELECT name FROM nodes WHERE seen_at > clock_timestamp() - interval '${forgottenSeconds} s' ORDER BY started_at`;
  const { rows } = await client.query<{ readonly name: string }>(select).catch(() => ({ rows: [] }));
  return rows.map(({ name }) => name);
}

interface NodeRow extends ThisNode {
  readonly started_ms: number;
  readonly silent_ms: number;
  readonly catalog_version: number;
  readonly behind: number;
  readonly is_leader: boolean;
}

interface Reader {
  all<Row>(query: Query<Row>): Promise<Row[]>;
}

/** The nodes that were heard from lately, and which of them leads by the database's clock. */
export async function listNodes(reader: Reader, { id }: Pick<ThisNode, 'id'>): Promise<readonly Node[]> {
  const select = sql<NodeRow>`
    SELECT nodes.id, name, nodes.version, catalog_version,
      floor(extract(epoch FROM started_at) * 1000)::bigint AS started_ms,
      greatest(0, floor(extract(epoch FROM clock_timestamp() - seen_at) * 1000))::bigint AS silent_ms,
      greatest(0, coalesce((SELECT version FROM catalog_version), 0) - catalog_version) AS behind,
      EXISTS (SELECT 1 FROM leader WHERE node = nodes.id
        AND renewed_at >= clock_timestamp() - make_interval(secs => ${forgottenSeconds})) AS is_leader
    FROM nodes WHERE seen_at > clock_timestamp() - make_interval(secs => ${shownSeconds})
    ORDER BY started_at, nodes.id`;
  const rows = await reader.all(select.compile(query));
  return rows.map((row) => ({
    id: row.id,
    name: row.name,
    version: row.version,
    startedAt: new Date(row.started_ms),
    silentMs: row.silent_ms,
    catalogVersion: row.catalog_version,
    behind: row.behind,
    isLeader: row.is_leader,
    isThis: row.id === id,
  }));
}
