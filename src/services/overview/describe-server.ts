import type { DatabaseVersion } from '../../ports/store';
import type { MeasureStorage, StorageUsage } from '../../ports/data-folder';
import type { Node, Nodes } from '../../ports/nodes';
import type { Clock } from '../../ports/clock';

/** An option of the configuration, for people. */
export interface ServerOption {
  /** Name of the environment variable. */
  readonly variable: string;
  /** As in the configuration; `null` if it is not set, and for a secret. */
  readonly value: string | null;
  readonly isSet: boolean;
  readonly isSecret: boolean;
  readonly source: string;
  readonly doc: string;
}

/** Facts that do not change while the server runs. */
export interface ServerFacts {
  readonly version: string;
  readonly nodeVersion: string;
  readonly database: DatabaseVersion;
  readonly startedAt: Date;
  readonly options: readonly ServerOption[];
}

export interface ServerDescription extends ServerFacts {
  readonly uptimeSeconds: number;
  /** The URL by which devices reach the server. */
  readonly deviceUrl: string;
  readonly storage: StorageUsage;
  /** The servers that share the store; empty if the store allows only one. */
  readonly nodes: readonly Node[];
}

/** Describes the running server. */
export type DescribeServer = () => Promise<ServerDescription>;

export interface DescribeServerPorts {
  readonly facts: ServerFacts;
  readonly deviceUrl: () => string;
  readonly measureStorage: MeasureStorage;
  readonly nodes: Pick<Nodes, 'list'>;
  readonly now: Clock;
}

export function createDescribeServer(ports: DescribeServerPorts): DescribeServer {
  const { facts, deviceUrl, measureStorage, nodes, now } = ports;
  return async () => {
    const storage = await measureStorage();
    return {
      ...facts,
      uptimeSeconds: Math.max(0, Math.floor((now().getTime() - facts.startedAt.getTime()) / 1000)),
      deviceUrl: deviceUrl(),
      storage,
      nodes: await nodes.list(),
    };
  };
}
