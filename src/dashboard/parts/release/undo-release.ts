import { post } from '../../api/client';
import type { UndoneReleaseJson } from '../../../contract/release';
import { address, goTo, linkTo } from '../../location';
import { text } from '../../texts';
import { tell, tellFailure } from '../notices';

/** Takes back a release that no device was offered, and reports what is current now. @throws Failure */
export async function takeBack(id: number): Promise<void> {
  const { release } = await post<UndoneReleaseJson>(`/api/releases/${id}/undo`);
  tell(text.rollouts.undone(release?.bundle ?? null));
  if (linkTo(...address.peek().path) !== linkTo('rollouts', id)) return;
  goTo(release === null ? '/rollouts' : linkTo('rollouts', release.id));
}

/** The same, for a button in a notice. */
export async function undoRelease(id: number): Promise<void> {
  await takeBack(id).catch(tellFailure);
}
