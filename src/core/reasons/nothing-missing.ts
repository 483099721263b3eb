import type { ReasonParameters } from './reason-words';

/** Parameters that refuse what is not there, which a sentence would call "undefined". @throws RangeError from reading it */
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
