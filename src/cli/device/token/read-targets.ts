import { z } from 'zod';
import { DomainError } from '../../../core/errors';

export interface Target {
  readonly id: string;
  readonly token: string;
}

const name = z.string().min(1);
/** A target as hawkBit's management API shows it: `GET /rest/v1/targets`. */
const hawkbitTarget = z.object({ controllerId: name, securityToken: name });
const ownTarget = z.object({ id: name, token: name });
const target = z.union([
  hawkbitTarget.transform(({ controllerId: id, securityToken: token }) => ({ id, token })),
  ownTarget,
]);
const targetList = z.union([
  z.array(target),
  z.object({ content: z.array(target) }).transform(({ content }) => content),
]);

/**
 * Reads devices and their tokens: the JSON of hawkBit's `GET /rest/v1/targets`, a list of such targets, or CSV of
 * `controllerId,securityToken` with or without that header line.
 * @throws DomainError `invalid-input` with the number of the first bad line
 */
export function readTargets(text: string): readonly Target[] {
  const trimmed = text.replace(/^\uFEFF/, '').trim();
  const found = /^[[{]/.test(trimmed) ? readJson(trimmed) : readCsv(trimmed);
  if (found.length === 0) throw noTargets('there are none');
  return found;
}

function readJson(text: string): readonly Target[] {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw noTargets('it is not JSON');
  }
  const parsed = targetList.safeParse(content);
  if (parsed.success) return parsed.data;
  throw noTargets('each needs controllerId and securityToken');
}

function readCsv(text: string): readonly Target[] {
  return text.split(/\r?\n/).flatMap((line, index) => {
    const [id = '', token = '', ...more] = line
      .split(/[,;\t]/)
      .map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    if (line.trim() === '' || (index === 0 && /^(controllerid|id)$/i.test(id))) return [];
    if (id === '' || token === '' || more.length > 0)
      throw noTargets(`line ${index + 1} is not controllerId,securityToken`);
    return [{ id, token }];
  });
}

function noTargets(why: string): DomainError {
  return new DomainError('invalid-input', `not a list of devices and tokens: ${why}`, {
    remedy:
      'Give CSV lines of controllerId,securityToken, or the JSON of GET /rest/v1/targets, in which every target has its securityToken.',
  });
}
