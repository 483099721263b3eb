import type { Request, Response } from 'express';
import type { Answer } from './route';

/** Whether the caller is a browser that will show the answer, such as after submitting a form. */
export function wantsPage(request: Request): boolean {
  return request.method === 'POST' && request.accepts(['application/json', 'text/html']) === 'text/html';
}

/** Sends an answer: JSON, text, or a redirect to the page for a browser's form. */
export function sendAnswer(request: Request, response: Response, answer: Answer): void {
  const isCacheable = request.method === 'GET' || request.method === 'HEAD';
  response.set('Cache-Control', isCacheable && answer.secret !== true ? 'no-cache' : 'no-store');
  response.vary('Accept');
  if (answer.done !== undefined && wantsPage(request)) {
    // 303: the browser gets the page with GET, and reloading it does not send the form again.
    const query = new URLSearchParams({ done: answer.done.outcome, name: answer.done.name });
    response.redirect(303, `${rootFrom(request.path)}?${query.toString()}`);
    return;
  }
  response.status(answer.status);
  if (answer.text !== undefined) response.type(answer.text.mediaType).send(answer.text.body);
  else response.json(answer.json ?? {});
}

/**
 * The relative path to the root. It also works where a proxy serves everything below a path that the server does not
 * know.
 */
export function rootFrom(path: string): string {
  const steps = path.split('/').length - 2;
  return steps === 0 ? './' : '../'.repeat(steps);
}
