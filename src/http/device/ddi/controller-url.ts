import type { PathParams } from '../kernel/handler';
import type { ProtocolKit } from '../kernel/protocol';
import type { Exchange } from '../transport/exchange';

/** The absolute address of a device's resources, as it asked for them, without a slash at the end. */
export function controllerUrl(
  { baseUrl }: Pick<ProtocolKit, 'baseUrl'>,
  exchange: Exchange,
  { tenant = '', controllerId = '' }: PathParams,
): string {
  const [name, id] = [tenant, controllerId].map(encodeURIComponent);
  return `${baseUrl(exchange)}/${name}/controller/v1/${id}`;
}
