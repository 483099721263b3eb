import type { IRouter } from 'express';
import { sendAnswer } from './kernel/answer';
import { checkScope, type Identify } from './access/authenticate';
import { methodNotAllowed, sendProblem, type SendProblem } from './kernel/problem-answer';
import { readBody } from './kernel/request-body';
import { contextOf } from './kernel/request-context';
import { answered, type Route } from './kernel/route';

/** Mounts a route table on an Express app or router. The caller is authenticated before any of the body is read. */
export function registerRoutes(
  app: IRouter,
  routes: readonly Route[],
  identify: Identify,
  send: SendProblem = sendProblem,
): void {
  const paths = [...new Set(routes.map((route) => route.path))];
  const patternOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1');
  for (const route of routes) {
    app[route.method](
      patternOf(route.path),
      async (request, response, next) => {
        const context = contextOf(request);
        context.route = route.path;
        const { scope } = route;
        if (scope !== null) {
          const authenticate = async () => {
            const caller = await identify(request, response);
            checkScope(caller, scope);
            return caller;
          };
          const caller = await authenticate();
          context.actor = caller.actor;
          context.scopes = caller.scopes;
          context.isAllowed = () => mayStill(authenticate);
        }
        // If the client has left by now, no later event says so: stop here, or something would wait for it forever.
        if (!response.destroyed) next();
      },
      ...(route.shape.body === undefined ? [] : readBody),
      async (request, response) => {
        const { actor: name, address } = contextOf(request);
        const actor = { name: name ?? 'anonymous', address };
        const answer = await route.answer(request, response, actor);
        if (answer !== answered) sendAnswer(request, response, answer);
      },
    );
  }
  // After all of them: a path may have its own route for one method, and match another pattern for the other methods.
  for (const path of paths) {
    const methods = routes
      .filter((route) => route.path === path)
      .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    app.route(patternOf(path)).all(methodNotAllowed(methods, send));
  }
}

async function mayStill(authenticate: () => Promise<unknown>): Promise<boolean> {
  try {
    await authenticate();
    return true;
  } catch {
    return false;
  }
}
