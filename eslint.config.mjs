import tseslint from 'typescript-eslint';
import { arrows, noCircles } from './tests/support/house-rules.mjs';
import { noJsxWords, noSentences } from './tests/support/word-rules.mjs';

/** The rooms of src/ and what each may import: the arrows of ARCHITECTURE.md. */
const mayImport = {
  base: [],
  core: ['base'],
  ports: ['base', 'core'],
  contract: ['base', 'core'],
  config: ['base', 'core'],
  x509: ['base', 'core'],
  rauc: ['base', 'core', 'ports', 'x509'],
  pki: ['base', 'core', 'ports', 'x509'],
  store: ['base', 'core', 'ports'],
  services: ['base', 'core', 'ports'],
  http: ['base', 'core', 'contract', 'ports', 'services'],
  'http/device': ['base', 'core', 'ports', 'services', 'http'],
  'http/admin': ['base', 'core', 'contract', 'ports', 'services', 'http'],
  'http/outbound': ['base', 'core', 'ports', 'services', 'http'],
  cli: ['base', 'core', 'contract', 'ports', 'services', 'config'],
  dashboard: ['base', 'core', 'contract'],
};

export default tseslint.config(
  { ignores: ['dist/**', 'public/**', 'node_modules/**', 'coverage/**', '.stryker/**', '.cache/**'] },
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
  {
    // They load what a command or a configuration needs, when it does.
    files: ['src/server.ts', 'src/server/load-{object-store,postgres}.ts', 'src/cli/program.ts'],
    rules: {
      '@typescript-eslint/no-require-imports': 'off',
      '@typescript-eslint/consistent-type-imports': 'off',
    },
  },
  {
    files: ['src/dashboard/**/*.{ts,tsx}'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['**/contract/*', '!**/contract/state-looks', '!**/contract/device-state', 'zod'],
              allowTypeImports: true,
              message:
                'The page knows the types of the contract, its looks of states and how a device stands: a browser loads no schema.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}'],
    plugins: { house: { rules: { arrows, 'no-circles': noCircles } } },
    rules: { 'house/arrows': ['error', mayImport], 'house/no-circles': 'error' },
  },
  {
    files: ['src/{services,core,pki,rauc,x509}/**/*.ts', 'src/dashboard/**/*.tsx'],
    plugins: { words: { rules: { 'no-sentences': noSentences, 'no-jsx-words': noJsxWords } } },
  },
  {
    files: ['src/{services,core,pki,rauc,x509}/**/*.ts'],
    ignores: [
      // The catalogues.
      'src/core/{circumstances,journal,reasons}/**',
      'src/core/offer-words.ts',
      'src/core/connection-refusal.ts',
      // Names of kinds of keys, and the marks of PEM.
      'src/x509/describe-key.ts',
      'src/rauc/keyring.ts',
      // Names of fields, and pieces of a catalogue's sentences.
      'src/core/{board,device-tls,device-token,image-check,rollout-policy,version-rules,webhook-delivery}.ts',
    ],
    rules: { 'words/no-sentences': 'error' },
  },
  {
    // Commands are an edge: what they say about their own options and files is said nowhere else.
    files: ['src/{config,core,http,pki,rauc,server,services,store,x509}/**/*.ts', 'src/server.ts'],
    ignores: ['src/core/errors.ts'],
    rules: {
      'no-restricted-syntax': [
        'error',
        {
          selector: 'NewExpression[callee.name="DomainError"]',
          message: 'Say a reason of src/core/reasons: DomainError.of.',
        },
      ],
    },
  },
  { files: ['src/dashboard/**/*.tsx'], rules: { 'words/no-jsx-words': 'error' } },
);
