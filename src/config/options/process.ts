import { cacheSize, count, duration, period, size } from '../value-types/amount';
import { choice, flag } from '../value-types/choice';
import { server } from './option';

/** How the process runs. */
export const processOptions = {
  eventRetention: {
    ...server(
      'EVENT_RETENTION',
      period,
      '400d',
      "How long the journal keeps events from devices and the server. At most two days' worth is deleted per day. Decisions made by people are kept forever.",
    ),
    unit: 'milliseconds',
  },
  webhookAllowLocal: server(
    'WEBHOOK_ALLOW_LOCAL',
    flag,
    'false',
    'Allow webhooks to call this machine (loopback) and link-local addresses.',
  ),
  uploadLimit: {
    ...server('UPLOAD_LIMIT', size, '16GiB', 'Size of the largest bundle that is accepted.'),
    unit: 'bytes',
  },
  bundleCache: {
    ...server(
      'BUNDLE_CACHE',
      cacheSize,
      '64MiB',
      "Memory for caching the parts of bundles that devices read repeatedly, at most a sixteenth of the machine's memory. 0 turns the cache off.",
    ),
    unit: 'bytes',
  },
  shutdownGrace: {
    ...server('SHUTDOWN_GRACE', duration, '30s', 'How long running downloads may continue after SIGTERM.'),
    unit: 'milliseconds',
  },
  processes: server(
    'PROCESSES',
    count,
    '1',
    'Experimental: how many processes serve, to use several cores of this machine. More than one needs `DATABASE_URL` and `BUNDLE_STORE`.',
  ),
  logLevel: server(
    'LOG_LEVEL',
    choice('fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'),
    'info',
    'Lowest severity to log. `debug` also logs stack traces of bugs.',
  ),
  logFormat: server(
    'LOG_FORMAT',
    choice('auto', 'text', 'json'),
    'auto',
    'Format of log lines: readable text or JSON. `auto` is text on a terminal and JSON elsewhere.',
  ),
} as const;
