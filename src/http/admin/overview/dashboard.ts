import { readFile } from 'node:fs/promises';
import path from 'node:path';
import compression from 'compression';
import express, { type Request, type RequestHandler, type Response, Router } from 'express';
import { rootFrom } from '../kernel/answer';
import { contextOf } from '../kernel/request-context';

/** The first part of the addresses that the browser app shows; the app reads the rest itself. */
const sections = ['bundles', 'devices', 'rollouts', 'certificates', 'events', 'settings'];

/**
 * Serves the browser app that the build put into `publicDir`: files, and one page for all its addresses. The page
 * exists twice, because the relative links of an address with two parts begin one level higher.
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

/** Addresses for programs: a browser that opens them gets the same answers. */
const forPrograms = /^\/(?:api|assets|health|metrics)(?:\/|$)/;
/** An address of the page with a trailing slash, and its last part. */
const slashed = new RegExp(`^/(?:(${sections.join('|')})|(?:${sections.join('|')})/([^/]+))/$`);
/** None of our addresses is deeper; each level makes the page longer. */
const maxSteps = 20;

/**
 * Answers a browser's request for an unknown address: with 404 and the page, which says so. An address with an extra
 * slash redirects to the address without it. Programs get a problem document from the next handler.
 */
export function unknownPage(publicDir: string): RequestHandler {
  return async (request, response, next) => {
    const up = rootFrom(request.path);
    if (!isOfBrowser(request) || up.length > 3 * maxSteps) {
      next();
      return;
    }
    const [, section, last = section] = slashed.exec(request.path) ?? [];
    if (last !== undefined) {
      response.redirect(308, `../${last}${new URL(request.url, 'http://localhost').search}`);
      return;
    }
    const page = await readFile(path.join(publicDir, 'index.html'), 'utf8').catch(() => undefined);
    if (page === undefined) {
      next();
      return;
    }
    markFile(response, 'index.html');
    const links = /(?<=\s(?:src|href|action)=")/g;
    response.status(404).vary('Accept').type('html').send(page.replaceAll(links, up));
  };
}

function isOfBrowser(request: Request): boolean {
  if (request.method !== 'GET' && request.method !== 'HEAD') return false;
  if (forPrograms.test(request.path)) return false;
  return request.accepts(['application/json', 'text/html']) === 'text/html';
}

/**
 * The build names assets after their content, so they may be cached; the page that names them is revalidated each
 * time.
 */
function markFile(response: Response, file: string): void {
  contextOf(response.req).route = 'page';
  const isAsset = path.basename(path.dirname(file)) === 'assets';
  response.set('Cache-Control', isAsset ? 'public, max-age=31536000, immutable' : 'no-cache');
}
