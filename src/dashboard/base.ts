import { options } from 'preact';

/**
 * The page's path in its origin: `/`, or the path below which a proxy serves it, with a trailing slash. It comes from
 * the address of the running script, so that nothing needs to be configured.
 */
export const base = baseOf(document.currentScript);

function baseOf(script: HTMLOrSVGScriptElement | null): string {
  return script instanceof HTMLScriptElement ? new URL('..', script.src).pathname : '/';
}

/** A server path as the browser must request it; other addresses stay as they are. */
export function atBase(path: string): string {
  return path.startsWith('/') ? base + path.slice(1) : path;
}

const addresses = ['href', 'src'] as const;

/** Makes the links of every rendered element lead below the base. Call it once. */
export function drawBelowBase(): void {
  if (base === '/') return;
  const next = options.vnode?.bind(options);
  options.vnode = (vnode) => {
    if (typeof vnode.type === 'string') {
      const props = vnode.props as Partial<Record<(typeof addresses)[number], unknown>>;
      for (const name of addresses) {
        const address = props[name];
        if (typeof address === 'string') props[name] = atBase(address);
      }
    }
    next?.(vnode);
  };
}
