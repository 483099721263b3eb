import type { ProblemCode, ProblemJson } from '../../../contract/problem';
import type { SendProblem } from '../kernel/problem-answer';

/** hawkBit's names, with its spelling: some clients compare them. */
const known: Partial<Record<ProblemCode, { readonly exception: string; readonly error: string }>> = {
  'not-found': { exception: 'EntityNotFoundException', error: 'entitiyNotFound' },
  conflict: { exception: 'EntityAlreadyExistsException', error: 'entitiyAlreayExists' },
  'invalid-input': { exception: 'ConstraintViolationException', error: 'constraintViolation' },
};

/** Conflicts that mean "it exists already"; hawkBit has other names for the rest. */
const existing: readonly unknown[] = [
  'device-id-taken',
  'draft-exists',
  'module-has-file',
  'name-of-other-bytes',
];

/** Some HTTP clients send a user name and a password only after they were asked for them (RFC 7617). */
const challenges = ['Basic realm="rauc-simple-server", charset="UTF-8"', 'Bearer'];

/** Sends a problem in hawkBit's form. The members of our problem documents are in `info`. */
export const sendHawkbitProblem: SendProblem = (_request, response, problem) => {
  if (problem.code === 'unauthenticated') response.set('WWW-Authenticate', challenges);
  response.type('application/json').send(JSON.stringify(hawkbitProblem(problem)));
};

export function hawkbitProblem(problem: ProblemJson): object {
  const { code, detail, remedy, title } = problem;
  const name = code === 'conflict' && !existing.includes(problem['reason']) ? undefined : known[code];
  return {
    exceptionClass:
      name === undefined
        ? 'RaucSimpleServerException'
        : `org.eclipse.hawkbit.repository.exception.${name.exception}`,
    errorCode: name === undefined ? `rauc-simple-server.${code}` : `hawkbit.server.error.repo.${name.error}`,
    message: [detail ?? title, remedy].filter((text) => text !== undefined).join('. '),
    info: problem,
  };
}
