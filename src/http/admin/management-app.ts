import { Router } from 'express';
import { answerProblems, unknownPath } from './kernel/problem-answer';
import { sendHawkbitProblem } from './management/hawkbit-problem';
import { createIdentifyByHeader, type HeaderPorts } from './management/identify';
import { type ManagementOptions, root } from './management/management-options';
import { managementRoutes } from './management/routes';
import { registerRoutes } from './register-routes';

/** Serves hawkBit's Management API below its own path, with its own way to authenticate and its own form of problems. */
export function managementApp(options: ManagementOptions, callers: HeaderPorts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  registerRoutes(router, managementRoutes(options), createIdentifyByHeader(callers));
  router.use(root, unknownPath, answerProblems(sendHawkbitProblem));
  return router;
}
