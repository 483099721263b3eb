/** A server that uses the store. */
export interface Node {
  /** Identifies this run of the server. */
  readonly id: string;
  /** Its machine and process. */
  readonly name: string;
  /** The version of the program. */
  readonly version: string;
  readonly startedAt: Date;
  /** How long ago it last reported, in milliseconds. */
  readonly silentMs: number;
  /** The version of the catalog from which it answers. */
  readonly catalogVersion: number;
  /** How many changes of the catalog it has not loaded yet. */
  readonly behind: number;
  readonly isLeader: boolean;
  /** Whether it is the server that answers this call. */
  readonly isThis: boolean;
}

/** What a node knows about itself. */
export interface NodeStatus {
  readonly isLeader: boolean;
  readonly catalogVersion: number;
}

/** Determines which node does the work that only one may do. */
export interface Leadership {
  /** Whether this node leads, as far as it knows. */
  isLeader(): boolean;
  /**
   * Runs work that is the leader's. Once another node has taken over, anything the work still tries to save is refused.
   * @throws DomainError `unavailable` (`leadership-lost`) when this node does not lead, or no longer does
   */
  lead<Result>(work: () => Promise<Result>): Promise<Result>;
}

/** The servers that share a store. */
export interface Nodes extends Leadership {
  /** Shows other nodes the version of the catalog that this one has. */
  report(catalogVersion: () => number): void;
  /** The running servers, the earliest first; empty if the store allows only one. @throws DomainError `unavailable` */
  list(): Promise<readonly Node[]>;
}

/** For a store that only one server uses. */
export const onlyNode: Nodes = {
  isLeader: () => true,
  lead: (work) => work(),
  report: () => undefined,
  list: () => Promise.resolve([]),
};
