import type { Catalog } from './catalog';

/** The compatible meant by who names none, or `null`, with the reason. */
export interface DefaultCompatible {
  readonly compatible: string | null;
  readonly reason: string;
}

/** The configured compatible, else the only one with a release: never a guess among several. */
export function defaultCompatible(catalog: Catalog, configured: string | null): DefaultCompatible {
  if (configured !== null) return { compatible: configured, reason: 'it is configured' };
  const [only, ...others] = catalog.compatibles();
  if (only === undefined) return { compatible: null, reason: 'nothing is released' };
  if (others.length > 0) {
    return {
      compatible: null,
      reason: 'several compatibles have a release and none is configured as the default',
    };
  }
  return { compatible: only, reason: 'it is the only compatible with a release' };
}
