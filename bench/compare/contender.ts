/** A Node binary. */
export interface Node {
  readonly program: string;
  /** Such as `v20.19.0`. */
  readonly version: string;
}

/** What is compared: this server, the least that Node can do, and other programs that do the same. */
export type Contender =
  | { readonly kind: 'ours' | 'bare'; readonly name: string; readonly node: Node }
  | { readonly kind: 'nginx' | 'fastapi' | 'tools'; readonly name: string };

export type Kind = Contender['kind'];

/** @param nodes for this server and for bare Node: both run under each */
export function contendersFor(nodes: readonly Node[]): readonly Contender[] {
  return [
    ...nodes.map((node) => ({ kind: 'ours' as const, name: `this server, Node ${node.version}`, node })),
    ...nodes.map((node) => ({ kind: 'bare' as const, name: `bare Node ${node.version}`, node })),
    { kind: 'nginx', name: 'nginx' },
    { kind: 'fastapi', name: 'nginx + FastAPI' },
    { kind: 'tools', name: 'sha256sum + cp + sync' },
  ];
}
