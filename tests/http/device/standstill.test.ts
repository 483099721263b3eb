import { OldQuestions } from '../../../src/services/offers/old-questions';
import { HawkbitClient } from '../../support/hawkbit-client';
import { raucHeaders } from '../../support/rauc-poller';
import { board, type ReleasedFleet, startReleasedFleet } from '../../support/released-fleet';

let nowMs = 0;
let fleet: ReleasedFleet;
const questions = new OldQuestions({ monotonicMs: () => nowMs, onStandstill: () => undefined });

beforeEach(async () => {
  fleet = await startReleasedFleet({ changePorts: () => ({ oldQuestions: questions }) });
});
afterEach(() => fleet.close());

describe('after a standstill, a server', () => {
  it('writes nothing of what devices said before, tells them to say it again, and serves ranges', async () => {
    const { client, rauc } = await fleet.connect('dev-1', 'HTTP/2');
    await rauc.poll();
    const opened = await rauc.install('t-1');
    const hawkbit = new HawkbitClient((await fleet.connect('dev-2', 'HTTP/1.1')).client, 'dev-2');
    const { action } = await hawkbit.links();
    const before = [await fleet.seen('dev-1'), await fleet.latest('dev-1'), await fleet.latest('dev-2')];

    nowMs += 12_000;
    const headers = raucHeaders(board, '0.9.0', 'dev-1-boot-0');
    const poll = () => client.request(`/api/v1/manifest.json?compatible=${board}`, headers);
    const refused = await poll();
    expect([refused.status, refused.headers['retry-after']]).toEqual([503, '3']);
    const report = JSON.stringify({ state: 'failed', transaction_id: 't-1' });
    expect((await client.request('/api/v1/status', headers, 'POST', report)).status).toBe(503);
    expect((await hawkbit.request(hawkbit.base)).status).toBe(503);
    expect(await hawkbit.configData({ board: 'old' })).toBe(503);
    expect(await hawkbit.feedback(action, 'closed', 'failure')).toBe(429); // so that the client repeats it
    expect([await fleet.seen('dev-1'), await fleet.latest('dev-1'), await fleet.latest('dev-2')]).toEqual(
      before,
    );
    await rauc.readPayload(opened);

    for (let second = 0; second < 3; second += 1) questions.beat();
    expect((await poll()).status).toBe(200);
    expect(await hawkbit.feedback(action, 'closed', 'failure')).toBe(200);
  });
});
