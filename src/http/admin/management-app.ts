import { Router } from 'express';
import { answerProblems, unknownPath } from './kernel/problem-answer';
import { sendHawkbitProblem } from './management/hawkbit-problem';
import { createIdentifyByHeader, type HeaderPorts } from './management/identify';
import { type ManagementOptions, root } from './management/management-options';
import { managementRoutes } from './management/routes';
import { registerRoutes } from './register-routes';

/** Serves hawkBit's Management API below its own path, with its own way to authenticate. */
export function managementApp(options: ManagementOptions, callers: HeaderPorts): Router {
  const router = Router({ caseSensitive: true, strict: true });
  registerRoutes(router, managementRoutes(options), createIdentifyByHeader(callers), sendHawkbitProblem);
  router.use(root, unknownPath);
  return router;
}

/** Answers every failure below that path in hawkBit's form, including those of the guards in front of it. */
export const answerManagementProblems = answerProblems(sendHawkbitProblem);
