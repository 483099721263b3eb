import express, { type RequestHandler } from 'express';
import { DomainError } from '../../../core/errors';
import { contextOf } from './request-context';

const bodyLimitBytes = 64 * 1024;

/** Lets the client send its body. This comes late, so that a refused client has not sent a bundle for nothing. */
export const acceptBody: RequestHandler = (request, response, next) => {
  const context = contextOf(request);
  if (context.awaitsContinue) {
    context.awaitsContinue = false;
    response.writeContinue();
  }
  next();
};

/** The second is hawkBit's name for the same thing, which its scripts may send. */
const jsonTypes = ['application/json', 'application/hal+json'];

const refuseOtherBodies: RequestHandler = (request, _response, next) => {
  // `is` returns null when there is no body at all; a body left unread would silently drop a "force".
  if (
    request.is([...jsonTypes, 'application/x-www-form-urlencoded']) === false &&
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
  express.json({ limit: bodyLimitBytes, type: jsonTypes }),
  express.urlencoded({ limit: bodyLimitBytes, extended: false, parameterLimit: 20 }),
];
