import express, { type RequestHandler } from 'express';
import { DomainError } from '../../../core/errors';
import { contextOf } from './request-context';

const bodyLimitBytes = 64 * 1024;

/** Lets the client send its body: only now, so that it is refused without sending a bundle for nothing. */
export const acceptBody: RequestHandler = (request, response, next) => {
  const context = contextOf(request);
  if (context.awaitsContinue) {
    context.awaitsContinue = false;
    response.writeContinue();
  }
  next();
};

const refuseOtherBodies: RequestHandler = (request, _response, next) => {
  // `is` tells null when there is no body at all; an unread body would silently drop a "force".
  if (
    request.is(['application/json', 'application/x-www-form-urlencoded']) === false &&
    !isEmpty(request.headers)
  ) {
    throw DomainError.of('body-type-unsupported');
  }
  next();
};

function isEmpty(headers: { readonly 'content-length'?: string | undefined }): boolean {
  return headers['content-length'] === '0';
}

/** Reads a small body: JSON or a form without files. */
export const readBody: readonly RequestHandler[] = [
  refuseOtherBodies,
  acceptBody,
  express.json({ limit: bodyLimitBytes }),
  express.urlencoded({ limit: bodyLimitBytes, extended: false, parameterLimit: 20 }),
];
