import type { EventKind, NewEvent } from './event';

/** How many of a device's lines of one kind are written as they come, within {@link spellMs}. */
export const plainLines = 30;
export const spellMs = 3_600_000;
/** How long repeats are counted before they become one line: for a short time at first, then longer. */
const tellAfterMs = [60_000, 600_000, spellMs] as const;

interface Spell {
  startedAtMs: number;
  /** Lines that were written as they came. */
  lines: number;
  /** How often counted repeats were written. */
  told: number;
  toldAtMs: number;
  counted: { count: number; readonly firstAt: Date; last: NewEvent; readonly dueAtMs: number } | null;
}

/**
 * The lines that one device adds to the journal. Repeats, whatever their values, become one line with a count, so no device can
 * fill the disk. Each kind gets {@link plainLines} lines and a few more within an hour, then one an hour while repeats continue.
 * Time comes with the lines.
 */
export class RepeatedLines {
  readonly #spells = new Map<EventKind, Spell>();

  /** Whether some repeats are counted but not written yet. */
  get hasCounted(): boolean {
    for (const { counted } of this.#spells.values()) if (counted !== null) return true;
    return false;
  }

  /** @returns the lines to write now: this one, none while repeats are only counted, or the counted ones along with it */
  take(event: NewEvent): readonly NewEvent[] {
    const atMs = event.at.getTime();
    const spell = this.#spellOf(event.kind, atMs);
    const { counted } = spell;
    if (counted !== null) {
      counted.count += 1;
      counted.last = event;
      return isDue(counted, atMs) ? [tell(spell, counted, atMs)] : [];
    }
    const startMs = spell.told === 0 ? spell.startedAtMs : spell.toldAtMs;
    if (Math.abs(atMs - startMs) >= spellMs) Object.assign(spell, newSpell(atMs));
    if (spell.lines < plainLines) {
      spell.lines += 1;
      return [event];
    }
    const dueAtMs = atMs + (tellAfterMs[spell.told] ?? spellMs);
    spell.counted = { count: 1, firstAt: event.at, last: event, dueAtMs };
    return [];
  }

  /** The lines for counted repeats that are due. */
  due(now: Date): readonly NewEvent[] {
    return this.#tellWhere((counted) => isDue(counted, now.getTime()), now);
  }

  /** The lines for all counted repeats, due or not. Call it last. */
  rest(now: Date): readonly NewEvent[] {
    return this.#tellWhere(() => true, now);
  }

  #tellWhere(isWanted: (counted: NonNullable<Spell['counted']>) => boolean, now: Date): readonly NewEvent[] {
    return [...this.#spells.values()].flatMap((spell) => {
      const { counted } = spell;
      return counted !== null && isWanted(counted) ? [tell(spell, counted, now.getTime())] : [];
    });
  }

  #spellOf(kind: EventKind, atMs: number): Spell {
    const known = this.#spells.get(kind);
    if (known !== undefined) return known;
    const spell = newSpell(atMs);
    this.#spells.set(kind, spell);
    return spell;
  }
}

function newSpell(startedAtMs: number): Spell {
  return { startedAtMs, lines: 0, told: 0, toldAtMs: -Infinity, counted: null };
}

/** Also due when the clock was set back: otherwise they would never be written. */
function isDue({ dueAtMs, firstAt }: NonNullable<Spell['counted']>, atMs: number): boolean {
  return atMs >= dueAtMs || atMs < firstAt.getTime();
}

function tell(spell: Spell, { count, firstAt, last }: NonNullable<Spell['counted']>, atMs: number): NewEvent {
  const isQuiet = spell.told >= tellAfterMs.length - 1 && count <= plainLines;
  Object.assign(
    spell,
    isQuiet
      ? { ...newSpell(atMs), lines: count }
      : { counted: null, told: spell.told + 1, toldAtMs: Math.max(atMs, last.at.getTime()) },
  );
  return count === 1 ? last : { ...last, repeats: { count, firstAt } };
}
