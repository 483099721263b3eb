import { circumstance } from '../../core/circumstances/catalogue';
import type { Circumstance } from '../../core/reasons/why';
import type { Catalog } from './catalog';

/** The compatible of devices that name none, or `null`, with the reason. */
export interface DefaultCompatible {
  readonly compatible: string | null;
  readonly reason: Circumstance;
}

/** The configured compatible, else the only one with a release: never a guess among several. */
export function defaultCompatible(catalog: Catalog, configured: string | null): DefaultCompatible {
  if (configured !== null) return { compatible: configured, reason: circumstance('default-configured') };
  const [only, ...others] = catalog.compatibles();
  if (only === undefined) return { compatible: null, reason: circumstance('default-none') };
  if (others.length > 0) return { compatible: null, reason: circumstance('default-of-several') };
  return { compatible: only, reason: circumstance('default-only-one') };
}
