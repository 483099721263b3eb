import { options } from 'preact';

/**
 * Where the page lies in its origin: `/`, or the path below which a proxy serves it, with a slash at its end. The script that runs is
 * known by its whole address, so that nobody has to configure it.
 */
export const base = baseOf(document.currentScript);

function baseOf(script: HTMLOrSVGScriptElement | null): string {
  return script instanceof HTMLScriptElement ? new URL('..', script.src).pathname : '/';
}

/** A path of the server as the browser has to ask for it; other addresses stay what they are. */
export function atBase(path: string): string {
  return path.startsWith('/') ? base + path.slice(1) : path;
}

const addresses = ['href', 'src'] as const;

/** Makes every element that is drawn lead below the base. Call it once. */
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
