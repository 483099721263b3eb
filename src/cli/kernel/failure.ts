import { CommanderError } from 'commander';
import { systemErrorCode } from '../../base/files/system-error';
import { DomainError } from '../../core/errors';
import { type CliContext, type ExitCode, talk, talkJson } from './context';
import { ServerRefusal } from './server-refusal';

interface Failure {
  readonly exitCode: ExitCode;
  readonly code: string;
  readonly message: string;
  readonly remedy?: string | undefined;
  readonly details?: Readonly<Record<string, unknown>> | undefined;
}

export interface FailureStyle {
  readonly isJson: boolean;
  /** Whether to show the stack of a bug. */
  readonly isDebug: boolean;
}

/** Explains on standard error why a command failed and what to do next. @returns the exit code */
export function reportFailure(context: CliContext, error: unknown, style: FailureStyle): ExitCode {
  const failure = describeFailure(error);
  const stack = failure.exitCode === 70 && style.isDebug ? stackOf(error) : undefined;
  if (style.isJson) {
    const { code, message, remedy, details } = failure;
    talkJson(context, { error: { code, message, remedy, details, stack } });
    return failure.exitCode;
  }
  // Commander has already reported wrong usage.
  if (!(error instanceof CommanderError)) talk(context, `error: ${failure.message}`);
  for (const reason of reasonsOf(failure.details)) {
    if (!failure.message.includes(reason)) talk(context, `  - ${reason}`);
  }
  if (failure.remedy !== undefined) talk(context, `hint: ${failure.remedy}`);
  if (stack !== undefined) talk(context, stack);
  return failure.exitCode;
}

/** Whether commander ended the run because nothing is left to do, after showing help or the version. */
export function isDone(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === 0;
}

function describeFailure(error: unknown): Failure {
  if (error instanceof CommanderError) {
    const message = error.code === 'commander.help' ? 'missing command' : error.message;
    return { exitCode: 2, code: 'usage', message: message.replace(/^error: /, '') };
  }
  if (error instanceof DomainError) {
    const { code, message, remedy, details } = error;
    return { exitCode: exitCodeOf(code, details), code, message, remedy, details };
  }
  if (error instanceof ServerRefusal) {
    const { code, message, remedy, details } = error;
    return { exitCode: exitCodeOf(code, details), code, message, remedy, details };
  }
  const text = error instanceof Error ? error.message : String(error);
  if (isSystemError(error)) return { exitCode: 1, code: 'system', message: text };
  return {
    exitCode: 70,
    code: 'bug',
    message: `this is a bug in rauc-simple-server: ${text}`,
    remedy: 'Please report it, with the output of LOG_LEVEL=debug.',
  };
}

/** Wrong input on the command line is wrong usage, wherever it is noticed; wrong content of a file is not. */
function exitCodeOf(code: string, details: Failure['details']): ExitCode {
  const isUsage = code === 'configuration' || (code === 'invalid-input' && details?.['file'] === undefined);
  return isUsage ? 2 : 1;
}

/** An error of the operating system (`EACCES`, `ENOSPC` ...) is not our bug. */
export function isSystemError(error: unknown): boolean {
  return /^E(?!RR_)[A-Z0-9]+$/.test(systemErrorCode(error) ?? '');
}

function stackOf(error: unknown): string | undefined {
  return error instanceof Error ? error.stack : undefined;
}

/** The findings about a refused bundle, as the server lists them. */
function reasonsOf(details: Failure['details']): readonly string[] {
  const reasons = details?.['reasons'];
  if (!Array.isArray(reasons)) return [];
  return reasons.flatMap((reason: unknown) =>
    typeof reason === 'object' && reason !== null && 'message' in reason && typeof reason.message === 'string'
      ? [reason.message]
      : [],
  );
}
