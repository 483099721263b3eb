import { z } from 'zod';
import { DomainError } from '../../../core/errors';
import { defineRoute, type Route } from '../kernel/route';
import { numberParam } from './draft-query';
import { type ManagementOptions, root } from './management-options';
import { maxItems } from './page-query';

const assignment = z.object({
  id: z.string().max(200),
  type: z.string().optional(),
  maintenanceWindow: z.unknown().optional(),
});
const assignedJson = z.object({
  alreadyAssigned: z.number(),
  assigned: z.number(),
  total: z.number(),
  assignedActions: z.array(z.object({ id: z.number() })),
});

/** Assigns the bundle of a set to single devices: each is pinned to it, and its action begins. */
export function assignmentRoutes({ services }: ManagementOptions): readonly Route[] {
  const { manageDrafts, manageDevices, assignBundle } = services;
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
        body.forEach(refuseOtherKinds);
        const ids = [...new Set(body.map(({ id }) => id))];
        await Promise.all(ids.map((id) => manageDevices.get(id))); // before any of them is assigned
        const made = [];
        for (const id of ids) made.push(await assignBundle(id, bundle.name, actor));
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

/** @throws DomainError `invalid-input` for what a client would be told otherwise than the script says */
function refuseOtherKinds({ type = 'forced', maintenanceWindow }: z.infer<typeof assignment>): void {
  if (type.toLowerCase() !== 'forced')
    throw DomainError.of('assignment-not-forced', { type: type.slice(0, 40) });
  if (maintenanceWindow !== undefined && maintenanceWindow !== null)
    throw DomainError.of('assignment-in-window');
}
