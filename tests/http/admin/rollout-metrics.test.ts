import { makeBundle } from '../../support/bundle-factory';
import { openAdminListener } from './admin-listener';

it('shows rollouts by state and step, webhooks and streams', async () => {
  const admin = await openAdminListener();
  const made = await makeBundle();
  await admin.opened.publish(made.path, { name: 'v1.raucb' });
  const created = await admin.http
    .post('/api/releases')
    .send({ bundle: 'v1.raucb', steps: '5,100' })
    .expect(201);
  const { id } = created.body as { id: number };
  await admin.http.post(`/api/releases/${id}/promote`).send({ from_step: 1 }).expect(200);
  await admin.http.post(`/api/releases/${id}/promote`).send({ from_step: 1 }).expect(409);
  await admin.http.post(`/api/releases/${id}/pause`).send({ reason: 'look' }).expect(200);
  const { text } = await admin.http.get('/metrics').expect(200);
  expect(text).toContain('rauc_rollouts{state="paused"} 1');
  expect(text).toContain('rauc_rollouts{state="running"} 0');
  expect(text).toContain('rauc_rollout_step{compatible="test-board",channel="stable"} 2');
  expect(text).toContain('rauc_webhook_deliveries_total{outcome="delivered"} 0');
  expect(text).toContain('rauc_webhook_deliveries_waiting 0');
  expect(text).toContain('rauc_webhooks_full 0');
  expect(text).toContain('rauc_event_streams 0');
  await admin.close();
});
