import type { RequestHandler } from 'express';

/**
 * After an early refusal the client may still be sending. This much is read and dropped, so that it sees the answer.
 */
const drainLimitBytes = 64 * 1024 * 1024;
const drainSeconds = 20;

/**
 * After the answer, drops the rest of the body up to a limit, then ends the connection. Node would end it right after
 * the last answer; the kernel then resets it when more data arrives, and the client, or the proxy before it, loses the
 * answer (RFC 9112, section 9.6).
 */
export const drainAfterAnswer: RequestHandler = (request, response, next) => {
  const { socket } = request;
  let isLast = false;
  socket.destroySoon = () => {
    Reflect.deleteProperty(socket, 'destroySoon');
    isLast = true;
    if (request.complete || request.destroyed) socket.destroySoon();
    else socket.end();
  };
  response.once('close', () => Reflect.deleteProperty(socket, 'destroySoon'));
  response.once('finish', () => {
    if (request.complete || request.destroyed) return;
    const startBytes = socket.bytesRead;
    const timer = setTimeout(() => socket.destroy(), drainSeconds * 1000).unref();
    request.once('close', () => clearTimeout(timer));
    request.once('end', () => {
      clearTimeout(timer);
      if (isLast) socket.destroySoon();
    });
    request.on('data', () => {
      if (socket.bytesRead - startBytes > drainLimitBytes) socket.destroy();
    });
    request.resume();
  });
  next();
};
