/**
 * The browser app can't import the server's schemas, so it has types of its own. This file is checked by the compiler alone
 * (`npm run typecheck`): each answer of the server must be what the page takes it for.
 */
import type { z } from 'zod';
import type * as settings from '../../../src/dashboard/api/settings-types';
import type * as page from '../../../src/dashboard/api/types';
import type { aboutJson } from '../../../src/http/admin/overview/about';
import type { certificatesJson } from '../../../src/http/admin/certificates/certificate-json';
import type {
  deviceJson,
  explanationJson,
  installationJson,
} from '../../../src/http/admin/devices/device-json';
import type { historyJson } from '../../../src/http/admin/overview/fleet-history';
import type { overviewJson } from '../../../src/http/admin/overview/overview';
import type { revocationsJson } from '../../../src/http/admin/certificates/revocations';
import type { sessionJson } from '../../../src/http/admin/access/session';
import type { tokenJson } from '../../../src/http/admin/access/token-json';
import type { webhookJson } from '../../../src/http/admin/webhooks/webhooks';
import type { eventPageJson } from '../../../src/http/admin/journal/events';
import type { eventJson } from '../../../src/http/event-json';

/** Only what fits can be named here. */
type Fits<Wanted, Schema extends z.ZodType<Wanted>> = z.infer<Schema>;

export type Answers = [
  Fits<page.SessionJson, typeof sessionJson>,
  Fits<page.DeviceJson, typeof deviceJson>,
  Fits<page.InstallationJson, typeof installationJson>,
  Fits<page.ExplanationJson, typeof explanationJson>,
  Fits<page.EventJson, typeof eventJson>,
  Fits<page.EventPageJson, typeof eventPageJson>,
  Fits<page.TokenJson, typeof tokenJson>,
  Fits<page.WebhookJson, typeof webhookJson>,
  Fits<page.OverviewJson, typeof overviewJson>,
  Fits<page.HistoryJson, typeof historyJson>,
  Fits<settings.AboutJson, typeof aboutJson>,
  Fits<settings.CertificatesJson, typeof certificatesJson>,
  Fits<settings.RevocationsJson, typeof revocationsJson>,
];
