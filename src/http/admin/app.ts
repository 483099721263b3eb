import express, { type Express, type Request } from 'express';
import helmet from 'helmet';
import { Registry } from 'prom-client';
import { createIsTrustedProxy } from '../client-address';
import type { AdminOptions } from './kernel/admin-options';
import { createIdentify } from './access/authenticate';
import { createCheckToken } from './access/check-token';
import { SessionCookies } from './access/session-cookie';
import { downloadLimits } from './catalog/bundle-content';
import { EventStreams } from './kernel/event-stream';
import { dashboard, unknownPage } from './overview/dashboard';
import { isDirect } from './kernel/direct-request';
import { FailureLimiter } from '../failure-limiter';
import { registerChoreMetrics } from './metrics/chore-metrics';
import { registerWritabilityMetrics } from './metrics/storage-metrics';
import { registerClockMetrics } from './metrics/clock-metrics';
import { registerFleetMetrics } from './metrics/fleet-metrics';
import { hostGuard } from './kernel/host-guard';
import { createAdminMetrics } from './metrics/metrics';
import { originGuard } from './kernel/origin-guard';
import { answerManagementProblems, managementApp } from './management-app';
import { root as managementRoot } from './management/management-options';
import { problemAnswer, unknownPath } from './kernel/problem-answer';
import { registerRoutes } from './register-routes';
import { drainAfterAnswer } from './kernel/drain-after-answer';
import { requestLog } from './kernel/request-log';
import { registerRolloutMetrics } from './metrics/rollout-metrics';
import { adminRoutes } from './routes';
import { searchLimits, Shares } from './kernel/shares';

/** The admin listener's app. The order is the trust boundary: Host, Origin, token, and only then the body. */
export function createAdminApp(options: AdminOptions): Express {
  const { services, adminHosts, requireToken, log, now, newId, publicDir } = options;
  const isTrustedProxy = createIsTrustedProxy(options.trustedProxies ?? []);
  const needsToken = (request: Request) => requireToken || !isDirect(request);
  const metrics = options.metrics ?? new Registry();
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'simple');
  app.enable('case sensitive routing');
  app.enable('strict routing');

  registerFleetMetrics(metrics, services);
  registerWritabilityMetrics(metrics, services.health);
  registerClockMetrics(metrics, () => services.serverClock.trouble());
  const streams = options.eventStreams ?? new EventStreams(services.readJournal);
  const searches = new Shares(searchLimits);
  const downloads = new Shares(downloadLimits);
  registerRolloutMetrics(metrics, services, streams, { searches, downloads });
  registerChoreMetrics(metrics, services.chores);
  const adminMetrics = createAdminMetrics(metrics, services.listBundles);
  app.use(requestLog({ log, metrics: adminMetrics, newId, isTrustedProxy, now }));
  app.use(drainAfterAnswer);
  app.use(securityHeaders);
  app.use(hostGuard(adminHosts));
  app.use(originGuard(adminHosts));
  const checkToken = createCheckToken(services.manageTokens, new FailureLimiter(now), (answer) =>
    adminMetrics.countWrongToken(answer),
  );
  const cookies = new SessionCookies(services.databaseId);
  const identify = createIdentify({ checkToken, sessions: services.manageSessions, cookies, needsToken });
  const callers = { checkToken, identify, cookies, needsToken };
  const routes = adminRoutes(options, metrics, streams, callers, searches, downloads);
  registerRoutes(app, routes, identify);
  app.use(managementApp({ ...options, searches }, { checkToken, needsToken }));
  app.use(dashboard(publicDir));
  app.use(unknownPage(publicDir));
  app.use(unknownPath);
  app.use(managementRoot, answerManagementProblems);
  app.use(problemAnswer);
  return app;
}

const ownFiles = ["'self'"];
const nothing = ["'none'"];

const securityHeaders = helmet({
  contentSecurityPolicy: {
    useDefaults: false,
    directives: {
      defaultSrc: nothing,
      scriptSrc: ownFiles,
      styleSrc: ownFiles,
      imgSrc: ownFiles,
      connectSrc: ownFiles,
      fontSrc: ownFiles,
      formAction: ownFiles,
      frameAncestors: nothing,
      baseUri: nothing,
    },
  },
  // The listener speaks plain HTTP: a browser told to insist on TLS could not come back.
  strictTransportSecurity: false,
  // Under "no-referrer" a browser sends "Origin: null" with the page's own forms, which the origin guard refuses.
  referrerPolicy: { policy: 'same-origin' },
  xFrameOptions: { action: 'deny' },
});
