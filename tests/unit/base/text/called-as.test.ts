import { calledAs, tellsPath } from '../../../../src/base/text/called-as';

it.each([
  ['/home/ann/.npm/_npx/0f1a/node_modules/.bin/rauc-simple-server', 'npx rauc-simple-server'],
  ['/srv/updates/node_modules/.bin/rauc-simple-server', 'npx rauc-simple-server'],
  ['/usr/local/bin/rauc-simple-server', 'rauc-simple-server'],
  ['/app/bin/rauc-simple-server.js', 'node /app/bin/rauc-simple-server.js'],
  ["/home/ann's/bin/rauc-simple-server.js", "node '/home/ann'\\''s/bin/rauc-simple-server.js'"],
  [undefined, 'rauc-simple-server'],
])('a server that %s started says how to call it', (script, command) => {
  expect(calledAs(script)).toBe(command);
  expect(tellsPath(command)).toBe(command.includes('/'));
});
