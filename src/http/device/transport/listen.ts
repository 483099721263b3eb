import type { Http2SecureServer } from 'node:http2';
import { DomainError } from '../../../core/errors';

/** @throws DomainError `configuration` when the address cannot be used */
export function listen(
  listener: Http2SecureServer,
  { host, port }: { readonly host: string; readonly port: number },
): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (cause: Error) => {
      reject(DomainError.of('device-port-unusable', { host, port, reason: cause.message }, { cause }));
    };
    listener.once('error', fail);
    listener.listen({ host, port }, () => {
      listener.off('error', fail);
      resolve();
    });
  });
}
