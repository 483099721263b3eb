import { setFlagsFromString } from 'node:v8';
import { runInThisContext } from 'node:vm';

/**
 * Whether V8 gives objects one hidden class. It makes a new one for each object whose keys follow a spread, as in `{ ...known, more }`,
 * which costs microseconds and garbage; `{ more, ...known }` does not. See `%HaveSameMap` in V8's runtime-test.cc.
 */
export function haveSameShape(objects: readonly object[]): boolean {
  setFlagsFromString('--allow-natives-syntax');
  const compare = runInThisContext('(one, other) => %HaveSameMap(one, other)') as (
    one: object,
    other: object,
  ) => boolean;
  compare({}, {}); // compiled now
  setFlagsFromString('--no-allow-natives-syntax');
  const [first] = objects;
  return first !== undefined && objects.every((one) => compare(first, one));
}
