import { mutedStates, openStates, startedStates } from '../../../src/core/installation-states';
import { patiencePolls } from '../../../src/core/proof';

const listOf = (states: readonly string[]) => states.map((state) => `'${state}'`).join(', ');

/**
 * Triggers that write down what no transaction may do. They look at every installation that is written, also by two servers at once:
 * `excess` has each place of a release beyond the limit, `doubles` each device with two open installations, `unreleased` each new
 * installation of a release that is not current or paused.
 */
export const watchSql = (atATime: number) => `
  CREATE TABLE excess (release_id integer, held integer);
  CREATE TABLE doubles (device text);
  CREATE TABLE unreleased (release_id integer, device text);
  CREATE FUNCTION watch_end() RETURNS trigger LANGUAGE plpgsql AS $$
    DECLARE held integer;
    BEGIN
      SELECT count(*) INTO held FROM installations WHERE release_id = new.release_id AND (
        state IN (${listOf(startedStates)})
        OR (state = 'offered' AND polls <= ${patiencePolls}
            AND offer_ends_at > to_char(clock_timestamp() AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')));
      IF held > ${atATime} THEN INSERT INTO excess VALUES (new.release_id, held); END IF;
      SELECT count(*) INTO held FROM installations WHERE device = new.device AND state IN (${listOf(openStates)});
      IF held > 1 THEN INSERT INTO doubles VALUES (new.device); END IF;
      RETURN NULL;
    END $$;
  CREATE CONSTRAINT TRIGGER watch_end AFTER INSERT OR UPDATE ON installations DEFERRABLE INITIALLY DEFERRED
    FOR EACH ROW WHEN (new.release_id IS NOT NULL) EXECUTE FUNCTION watch_end();
  CREATE FUNCTION watch_begin() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF NOT EXISTS (SELECT 1 FROM releases JOIN rollouts ON rollouts.release_id = releases.id
                       WHERE releases.id = new.release_id AND rollouts.state = 'running')
        THEN INSERT INTO unreleased VALUES (new.release_id, new.device); END IF;
      RETURN NULL;
    END $$;
  CREATE TRIGGER watch_begin AFTER INSERT ON installations
    FOR EACH ROW WHEN (new.release_id IS NOT NULL) EXECUTE FUNCTION watch_begin()`;

/** A role for each server, so that triggers know whose change it is. */
export const rolesSql = (servers: readonly string[]) =>
  servers.map((server) => `CREATE ROLE "${server}" LOGIN SUPERUSER`).join(';');

/** Triggers that write down what only the server that leads may save, and another one has: `usurped` has what. */
export const leaderSql = `
  CREATE TABLE takeovers (epoch bigint, server text);
  CREATE TABLE usurped (server text, what text);
  CREATE FUNCTION watch_takeover() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN INSERT INTO takeovers VALUES (new.epoch, session_user); RETURN NULL; END $$;
  CREATE TRIGGER watch_takeover AFTER UPDATE ON leader
    FOR EACH ROW WHEN (new.epoch <> old.epoch) EXECUTE FUNCTION watch_takeover();
  CREATE FUNCTION watch_leader() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
      IF session_user <> (SELECT server FROM takeovers ORDER BY epoch DESC LIMIT 1)
        THEN INSERT INTO usurped VALUES (session_user, tg_table_name); END IF;
      RETURN NULL;
    END $$;
  CREATE TRIGGER watch_leader AFTER INSERT OR UPDATE ON webhook_deliveries
    FOR EACH ROW EXECUTE FUNCTION watch_leader();
  CREATE TRIGGER watch_leader AFTER UPDATE OF counted ON rollouts
    FOR EACH ROW EXECUTE FUNCTION watch_leader()`;

/**
 * Outcomes of releases as the server counts them along the way, and as a new count finds them. An offer that was taken back does not
 * hide how an earlier try of the same device ended.
 */
export const outcomesSql = {
  counted: `SELECT release_id, step, state, devices FROM release_outcomes WHERE devices <> 0 ORDER BY 1, 2, 3`,
  recounted: `SELECT release_id, step, state, count(*)::integer AS devices FROM (
      SELECT DISTINCT ON (release_id, device) release_id, device, step, state FROM installations
        WHERE release_id IS NOT NULL ORDER BY release_id, device, state IN (${listOf(mutedStates)}), id DESC) AS latest
    GROUP BY 1, 2, 3 ORDER BY 1, 2, 3`,
};

interface Standing {
  readonly state: string;
  readonly step: number;
}

/** A line of the journal about a rollout. */
export interface RolloutLine {
  readonly release_id: number;
  readonly kind: string;
  readonly before: string;
  readonly after: string;
}

export const rolloutLinesSql = `SELECT release_id, kind, before, after FROM events WHERE kind LIKE 'rollout.%' ORDER BY id`;

/**
 * Follows each rollout from its begin.
 * @returns the lines that do not begin where the one before them ended, or that promote by more than one step
 */
export function brokenMoves(lines: readonly RolloutLine[]): readonly RolloutLine[] {
  const standings = new Map<number, Standing>();
  return lines.filter((line) => {
    const known = standings.get(line.release_id) ?? { state: 'running', step: 0 };
    const before = JSON.parse(line.before) as Standing;
    const after = JSON.parse(line.after) as Standing;
    standings.set(line.release_id, after);
    const stepsOn = line.kind === 'rollout.promoted' ? 1 : 0;
    return before.state !== known.state || before.step !== known.step || after.step !== before.step + stepsOn;
  });
}
