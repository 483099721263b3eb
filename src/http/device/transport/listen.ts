import type { Server } from 'node:net';
import { DomainError } from '../../../core/errors';

/** @throws DomainError `configuration` when the address cannot be used */
export function listen(
  listener: Pick<Server, 'listen' | 'once' | 'off'>,
  {
    host,
    port,
    reason = 'device-port-unusable',
  }: {
    readonly host: string;
    readonly port: number;
    /** Reason of the failure. */
    readonly reason?: 'device-port-unusable' | 'hawkbit-port-unusable';
  },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      reject(DomainError.of(reason, { host, port, reason: cause.message }, { cause }));
    };
    listener.once('error', fail);
    listener.listen({ host, port }, () => {
      listener.off('error', fail);
      resolve();
    });
  });
}
