import type { Express } from 'express';
import { sendAnswer } from './answer';
import type { Authenticate } from './authenticate';
import { methodNotAllowed } from './problem-answer';
import { readBody } from './request-body';
import { contextOf } from './request-context';
import { answered, type Route } from './route';

/** Puts a route table into an Express app. The caller is authenticated before a byte of the body is read. */
export function registerRoutes(app: Express, routes: readonly Route[], authenticate: Authenticate): void {
  const paths = [...new Set(routes.map((route) => route.path))];
  const patternOf = (path: string) => path.replaceAll(/\{(\w+)\}/g, ':$1');
  for (const route of routes) {
    app[route.method](
      patternOf(route.path),
      (request, _response, next) => {
        const context = contextOf(request);
        context.route = route.path;
        if (route.scope !== null) context.actor = authenticate(request, route.scope);
        next();
      },
      ...(route.shape.body === undefined ? [] : readBody),
      async (request, response) => {
        const name = contextOf(request).actor ?? 'anonymous';
        const actor = { name, address: request.socket.remoteAddress ?? null };
        const answer = await route.answer(request, response, actor);
        if (answer !== answered) sendAnswer(request, response, answer);
      },
    );
  }
  // After all of them: a path may be one of its own for one method, and fit the pattern of another for the others.
  for (const path of paths) {
    const methods = routes
      .filter((route) => route.path === path)
      .flatMap(({ method }) => (method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()]));
    app.route(patternOf(path)).all(methodNotAllowed(methods));
  }
}
