import path from 'node:path';
import compression from 'compression';
import express, { type RequestHandler, type Response, Router } from 'express';
import { contextOf } from './request-context';

/** The first part of the addresses that the browser app shows; it reads the rest itself. */
const sections = ['bundles', 'devices', 'rollouts', 'certificates', 'events', 'settings'];

/** The browser app, as its build put it into `publicDir`: files, and one page for all its addresses. */
export function dashboard(publicDir: string): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  router.use(compression());
  router.use(express.static(publicDir, { redirect: false, cacheControl: false, setHeaders: markFile }));
  router.get(
    sections.flatMap((section) => [`/${section}`, `/${section}/:id`]),
    (_request, response, next) => {
      markFile(response, 'index.html');
      response.sendFile('index.html', { root: publicDir, cacheControl: false }, (error: unknown) => {
        if (error !== undefined) next(error);
      });
    },
  );
  return router;
}

/** The build names assets by their content, so they may be kept; the page that names them counts anew at once. */
function markFile(response: Response, file: string): void {
  contextOf(response.req).route = 'page';
  const isAsset = path.basename(path.dirname(file)) === 'assets';
  response.set('Cache-Control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
}
