import { duration, period, size } from '../value-types/amount';
import { choice, flag } from '../value-types/choice';
import { server } from './option';

/** How the process runs. */
export const processOptions = {
  eventRetention: {
    ...server(
      'EVENT_RETENTION',
      period,
      '400d',
      "How long the journal keeps what devices and the server did. At most two days' worth goes in a day. What people decided stays for ever.",
    ),
    unit: 'milliseconds',
  },
  webhookAllowLocal: server(
    'WEBHOOK_ALLOW_LOCAL',
    flag,
    'false',
    'Let webhooks call this machine (loopback) and its link (link-local addresses).',
  ),
  uploadLimit: {
    ...server('UPLOAD_LIMIT', size, '16GiB', 'Largest bundle that is taken in.'),
    unit: 'bytes',
  },
  shutdownGrace: {
    ...server('SHUTDOWN_GRACE', duration, '30s', 'How long running downloads may go on after SIGTERM.'),
    unit: 'milliseconds',
  },
  logLevel: server(
    'LOG_LEVEL',
    choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'Least severity that is logged. `debug` also shows the stack of a bug.',
  ),
  logFormat: server(
    'LOG_FORMAT',
    choice('auto', 'text', 'json'),
    'auto',
    'How a line of the log looks: readable text, or JSON. `auto` is text on a terminal and JSON elsewhere.',
  ),
} as const;
