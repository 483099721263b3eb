/** A server that runs on the store. */
export interface Node {
  /** Of this run of it. */
  readonly id: string;
  /** Its machine and process. */
  readonly name: string;
  /** Of the program. */
  readonly version: string;
  readonly startedAt: Date;
  /** How long ago it was last heard of, in milliseconds. */
  readonly silentMs: number;
  /** Of the catalog that it answers from. */
  readonly catalogVersion: number;
  /** How many changes of the catalog it has not taken over yet. */
  readonly behind: number;
  readonly isLeader: boolean;
  /** Whether it is the one that was asked. */
  readonly isThis: boolean;
}

/** What a node knows of itself. */
export interface NodeStatus {
  readonly isLeader: boolean;
  readonly catalogVersion: number;
}

/** Which node does the work that only one may do. */
export interface Leadership {
  /** Whether this node leads, as far as it knows. */
  isLeader(): boolean;
  /**
   * Runs work of the leader. What the work saves, however late, is refused once another node has taken over.
   * @throws DomainError `unavailable` (`leadership-lost`) when this node does not lead, or no longer
   */
  lead<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** The servers that share a store. */
export interface Nodes extends Leadership {
  /** Has other nodes see the version of the catalog that this one has. */
  report(catalogVersion: () => number): void;
  /** Those that run, the earliest first; none where only one can. @throws DomainError `unavailable` */
  list(): Promise<readonly Node[]>;
}

/** For a store that only one server uses. */
export const onlyNode: Nodes = {
  isLeader: () => true,
  lead: (work) => work(),
  report: () => undefined,
  list: () => Promise.resolve([]),
};
