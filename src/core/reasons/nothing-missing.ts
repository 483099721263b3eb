import type { ReasonParameters } from './reason-words';

/**
 * Wraps parameters so that reading a missing one throws, instead of putting "undefined" into a sentence.
 * @throws RangeError when a missing parameter is read
 */
export function nothingMissing(parameters: ReasonParameters): ReasonParameters {
  return new Proxy(parameters, refusing);
}

const refusing: ProxyHandler<ReasonParameters> = {
  get(parameters, name: string) {
    const value = Object.hasOwn(parameters, name) ? parameters[name] : undefined;
    if (value === undefined) throw new RangeError(`the parameter ${name} is missing`);
    return value;
  },
};
