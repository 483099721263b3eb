import { z } from 'zod';
import { parseAssignmentWindow } from '../../../core/assignment-window';
import { DomainError } from '../../../core/errors';
import { pinKinds, type PinTerms } from '../../../core/pin-terms';
import { defineRoute, type Route } from '../kernel/route';
import { numberParam } from './draft-query';
import { type ManagementOptions, root } from './management-options';
import { optional } from './optional-field';
import { maxItems } from './page-query';
import { refuseFeatures } from './refuse-features';

/** The last instant that is written with four digits for its year. */
const maxForceTimeMs = Date.UTC(9999, 11, 31);

const assignment = z.object({
  id: z.string().max(200),
  type: optional(z.string()),
  /** In milliseconds since the epoch. */
  forcetime: optional(z.number().int().min(0).max(maxForceTimeMs)),
  maintenanceWindow: z.object({ schedule: z.string(), duration: z.string(), timezone: z.string() }).nullish(),
  confirmationRequired: optional(z.boolean()),
});
const assignedJson = z.object({
  alreadyAssigned: z.number(),
  assigned: z.number(),
  total: z.number(),
  assignedActions: z.array(z.object({ id: z.number() })),
});

/** Assigns the bundle of a set to individual devices: each is pinned to it, and its action begins. */
export function assignmentRoutes({ services, now }: ManagementOptions): readonly Route[] {
  const { manageDrafts, assignBundle } = services;
  return [
    defineRoute({
      method: 'post',
      path: `${root}/distributionsets/{set}/assignedTargets`,
      scope: 'publish',
      operation: 'assignSet',
      summary: 'Assign a set to targets',
      input: {
        params: z.object({ set: numberParam }),
        body: z.union([z.array(assignment).min(1).max(maxItems), assignment.transform((one) => [one])]),
      },
      answers: { 200: { description: 'The actions that began', schema: assignedJson } },
      problems: ['not-found', 'conflict', 'bundle-untrusted'],
      handle: async ({ input: { params, body }, actor }) => {
        const set = await manageDrafts.get('set', params.set);
        const bundle = await manageDrafts.bundleOf(set);
        if (bundle === undefined) throw DomainError.of('module-without-file', { id: set.id });
        for (const { confirmationRequired } of body) refuseFeatures({ confirmationRequired });
        const wanted = new Map(body.map((one) => [one.id, termsOfAssignment(one, now())]));
        const ids = [...wanted.keys()];
        // Before any of them is assigned: a script cannot tell from a refusal which ones were.
        await Promise.all(ids.map((id) => assignBundle.check(id, bundle.name, wanted.get(id))));
        const made = [];
        for (const id of ids) made.push(await assignBundle.assign(id, bundle.name, actor, wanted.get(id)));
        const alreadyAssigned = made.filter(({ isOld }) => isOld).length;
        return {
          status: 200,
          json: {
            alreadyAssigned,
            assigned: made.length - alreadyAssigned,
            total: made.length,
            assignedActions: made.map(({ installationId: id }) => ({ id })),
          },
        };
      },
    }),
  ];
}

/**
 * @returns `undefined` for an assignment that is installed at once
 * @throws DomainError `invalid-input` for terms that a client would not be told as the script gave them
 */
function termsOfAssignment(
  { type = 'forced', forcetime, maintenanceWindow = null }: z.infer<typeof assignment>,
  at: Date,
): PinTerms | undefined {
  const isTimed = type.toLowerCase() === 'timeforced';
  if (isTimed && forcetime === undefined) throw DomainError.of('force-time-missing');
  const kind = isTimed ? 'soft' : pinKinds.find((one) => one === type.toLowerCase());
  if (kind === undefined) throw DomainError.of('assignment-kind-unknown', { type: type.slice(0, 40) });
  if (kind === 'forced' && maintenanceWindow === null) return undefined;
  return {
    kind,
    window: maintenanceWindow === null ? null : parseAssignmentWindow(maintenanceWindow, at),
    ...(isTimed && forcetime !== undefined ? { forcedAt: new Date(forcetime) } : {}),
  };
}
