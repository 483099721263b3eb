import tseslint from 'typescript-eslint';
import { noCircles } from './tests/support/no-circles.mjs';

/** The rooms of src/ and what each may import beside src/base: the arrows of ARCHITECTURE.md. */
const arrows = {
  base: [],
  core: [],
  ports: ['core'],
  config: ['core'],
  rauc: ['core'],
  pki: ['core'],
  store: ['core', 'ports'],
  services: ['core', 'ports'],
  'http/device': ['core', 'services'],
  'http/admin': ['core', 'services'],
  'http/outbound': ['core', 'ports', 'services'],
  cli: ['core', 'services', 'config'],
  dashboard: ['core'],
};
const rooms = Object.keys(arrows);

/** Forbids a room every other room that its arrows do not name. */
function arrowRule(room) {
  const allowed = room === 'base' ? [] : ['base', ...arrows[room]];
  const forbidden = [...rooms.filter((other) => other !== room && !allowed.includes(other)), 'server'];
  const alternatives = forbidden.map((name) => name.replace('/', '\\/')).join('|');
  return {
    files: [`src/${room}/**/*.{ts,tsx}`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              regex: `^\\.\\.(\\/\\.\\.)*\\/(${alternatives})(\\/|$)`,
              message: `src/${room} may import ${allowed.join(', ') || 'nothing of ours'} (see ARCHITECTURE.md)`,
            },
          ],
        },
      ],
    },
  };
}

export default tseslint.config(
  { ignores: ['dist/**', 'public/**', 'node_modules/**', 'coverage/**'] },
  {
    files: ['**/*.{ts,tsx}'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: {
      parserOptions: {
        project: ['./tsconfig.json', './src/dashboard/tsconfig.json'],
        tsconfigRootDir: import.meta.dirname,
      },
    },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      '@typescript-eslint/consistent-type-imports': 'error',
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'The environment is read in src/config alone.' },
      ],
    },
  },
  { files: ['src/config/**', 'tests/**', 'bench/**'], rules: { 'no-restricted-properties': 'off' } },
  ...rooms.map(arrowRule),
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { house: { rules: { 'no-circles': noCircles } } },
    rules: { 'house/no-circles': 'error' },
  },
);
