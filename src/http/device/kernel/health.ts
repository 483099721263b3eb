import { byCertificate, type Protocol } from './protocol';
import { sendJson } from './send-json';

/** `GET /health`: whether the server accepts this device at all. */
export const health: Protocol = {
  name: 'health',
  authenticate: byCertificate,
  limits: null,
  routes: ({ version }) => [
    {
      method: 'GET',
      path: '/health',
      handler: (exchange) => sendJson(exchange, { status: 'ok', version }),
    },
  ],
};
