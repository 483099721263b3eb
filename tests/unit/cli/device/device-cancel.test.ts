import { type AdminListener, openAdminListener } from '../../../http/admin/admin-listener';
import { runCommand } from '../../../support/cli-harness';
import { temporaryFolder } from '../../../support/programs';
import { person } from '../../../support/released-fleet';

let admin: AdminListener;
beforeEach(async () => {
  admin = await openAdminListener();
  await admin.services.manageDevices.create('board-1', {}, person);
});
afterEach(() => admin.close());

it.each([
  [[], 'board-1 has no installation to cancel'],
  [['--force'], 'board-1 has no installation that is being cancelled'],
])('device cancel board-1 %j says that there is nothing to cancel', async (flags, said) => {
  const cwd = await temporaryFolder();
  const { code, stderr } = await runCommand(
    ['device', 'cancel', 'board-1', ...flags, '--server', admin.url],
    { cwd },
  );
  expect(code).toBe(1);
  expect(stderr).toContain(said);
});
