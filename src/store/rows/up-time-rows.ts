import type { Selectable } from 'kysely';
import type { UpSpan } from '../../core/server-clock';
import type { UpSpanTable } from './schema';

export function toSpan(row: Selectable<UpSpanTable>): UpSpan {
  return {
    id: row.id,
    fromAt: new Date(row.from_at),
    untilAt: new Date(row.until_at),
    fromUpMs: row.from_up_ms,
    upMs: row.up_ms,
    ageMs: row.age_ms,
    sureAt: row.sure_at === null ? null : new Date(row.sure_at),
    sureUpMs: row.sure_up_ms,
    jumpedByMs: row.jumped_by_ms,
  };
}

export function toSpanRow(span: UpSpan): UpSpanTable {
  return {
    id: span.id,
    from_at: span.fromAt.toISOString(),
    until_at: span.untilAt.toISOString(),
    from_up_ms: Math.round(span.fromUpMs),
    up_ms: Math.round(span.upMs),
    age_ms: Math.round(span.ageMs),
    sure_at: span.sureAt?.toISOString() ?? null,
    sure_up_ms: Math.round(span.sureUpMs),
    jumped_by_ms: span.jumpedByMs === null ? null : Math.round(span.jumpedByMs),
  };
}
