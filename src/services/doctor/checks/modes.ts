import type { InstalledData } from '../../../ports/installed-data';
import type { Check } from '../check';

/** Links, owners and modes in the data folder; the certificate check covers `certs/`. */
export function modesCheck({ data }: { readonly data: Pick<InstalledData, 'inspectModes'> }): Check {
  return {
    name: 'modes',
    run: async (report) => report.add(await data.inspectModes()),
  };
}
