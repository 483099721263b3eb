import { loadFunction } from '../../support/page-parts';

interface Outcome {
  readonly done: readonly string[];
  readonly failed: readonly { readonly id: string; readonly message: string }[];
  readonly notTried: readonly string[];
}

type Answer = { readonly status: number; readonly json: object } | 'no answer';

/** What becomes of an action on so many devices when the server gives these answers, one after the other. */
async function act(count: number, answers: readonly Answer[]) {
  const sent: string[][] = [];
  const fetch = (_path: string, { body }: { body: string }) => {
    const answer = answers[sent.length] ?? 'no answer';
    const { ids } = JSON.parse(body) as { ids: string[] };
    sent.push(ids);
    if (answer === 'no answer') return Promise.reject(new TypeError('network'));
    const json = answer.status === 200 ? { done: ids, failed: [], ...answer.json } : answer.json;
    return Promise.resolve(new Response(JSON.stringify(json), { status: answer.status }));
  };
  const actOnDevices = loadFunction('pages/devices/actions.ts', 'actOnDevices', { fetch }) as (
    action: object,
  ) => Promise<Outcome>;
  const ids = Array.from({ length: count }, (_none, index) => `board-${index}`);
  return { ids, sent, outcome: await actOnDevices({ verb: 'unhold', ids }) };
}

const good = { status: 200, json: {} };

it('an action that ends early says which devices were not tried', async () => {
  const over = { status: 401, json: { code: 'unauthenticated', detail: 'the session is over' } };
  const { ids, sent, outcome } = await act(650, [good, over]);
  expect(sent).toHaveLength(2);
  expect(outcome.done).toEqual(ids.slice(0, 200));
  expect(outcome.failed.map(({ id }) => id)).toEqual(ids.slice(200, 400));
  expect(outcome.failed[0]?.message).toBe('the session is over');
  expect(outcome.notTried).toEqual(ids.slice(400));
});

it('an answer that is lost leaves open whether those devices were reached', async () => {
  const { ids, outcome } = await act(450, [good, 'no answer']);
  expect(outcome.failed.map(({ id }) => id)).toEqual(ids.slice(200, 400));
  expect(outcome.failed[0]?.message).toContain('may or may not have taken effect');
  expect(outcome.notTried).toEqual(ids.slice(400));
});

it('an action that comes to its end tried all', async () => {
  const refusal = { id: 'board-3', code: 'conflict', message: 'no' };
  const { outcome } = await act(250, [good, { status: 200, json: { failed: [refusal] } }]);
  expect(outcome.failed).toEqual([{ id: 'board-3', message: 'no' }]);
  expect(outcome.notTried).toEqual([]);
});

it('an action whose first request fails did nothing, and says why', async () => {
  await expect(act(450, [{ status: 503, json: { code: 'unavailable', detail: 'full' } }])).rejects.toThrow(
    'full',
  );
});
