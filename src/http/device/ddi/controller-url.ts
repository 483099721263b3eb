import type { PathParams } from '../kernel/handler';
import type { ProtocolKit } from '../kernel/protocol';
import type { Exchange } from '../transport/exchange';

/** The absolute URL of a device's resources, as the device addressed them; without a trailing slash. */
export function controllerUrl(
  { baseUrl }: Pick<ProtocolKit, 'baseUrl'>,
  exchange: Exchange,
  { tenant = '', controllerId = '' }: PathParams,
): string {
  const [name, id] = [tenant, controllerId].map(encodeURIComponent);
  return `${baseUrl(exchange)}/${name}/controller/v1/${id}`;
}
