import path from 'node:path';
import compression from 'compression';
import express, { type RequestHandler, type Response, Router } from 'express';
import { contextOf } from '../kernel/request-context';

/** The first part of the addresses that the browser app shows; it reads the rest itself. */
const sections = ['bundles', 'devices', 'rollouts', 'certificates', 'events', 'settings'];

/**
 * The browser app, as its build put it into `publicDir`: files, and one page for all its addresses. It is there twice, because
 * its relative links begin one step higher at an address of two parts.
 */
export function dashboard(publicDir: string): RequestHandler {
  const router = Router({ caseSensitive: true, strict: true });
  router.use(compression());
  router.use(express.static(publicDir, { redirect: false, cacheControl: false, setHeaders: markFile }));
  const pageAt =
    (file: string): RequestHandler =>
    (_request, response, next) => {
      markFile(response, file);
      response.sendFile(file, { root: publicDir, cacheControl: false }, (error: unknown) => {
        if (error !== undefined) next(error);
      });
    };
  router.get(
    sections.map((section) => `/${section}`),
    pageAt('index.html'),
  );
  router.get(
    sections.map((section) => `/${section}/:id`),
    pageAt('index-below.html'),
  );
  return router;
}

/** The build names assets by their content, so they may be kept; the page that names them counts anew at once. */
function markFile(response: Response, file: string): void {
  contextOf(response.req).route = 'page';
  const isAsset = path.basename(path.dirname(file)) === 'assets';
  response.set('Cache-Control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
}
