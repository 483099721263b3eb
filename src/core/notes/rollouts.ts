/** A reason has at most 200 characters, and names in certificates may be long. */
const shownLength = 150;

function shortened(text: string): string {
  return text.length > shownLength ? `${text.slice(0, shownLength)} …` : text;
}

/** Why the server pauses a rollout or holds a device, where a person's own words may be, too. It is stored as it is. */
export const pauseNotes = {
  untrusted: (why: string) => `the bundle is no longer trusted: ${shortened(why)}`,
  /** For a moment, while nobody knows what share of the devices has failed. */
  beingCounted: () => 'its devices are being counted',
  /** @param before why it was paused then; `null` when nobody said */
  pausedBefore: (reason: string, before: string | null) =>
    `${reason}; it was paused before${before === null ? '' : `: ${before}`}`,
  pinned: (reason: string) => `${reason}. Check its pin, then lift the hold`,
};
