import { fileURLToPath } from 'node:url';

const loader = fileURLToPath(new URL('load-sqlite-binding.cjs', import.meta.url));

/**
 * Bundles what is JavaScript in `libsql`; `load-sqlite-binding.cjs` finds its native part. The package itself has Node write a diagnostic
 * report first, to learn which C library it runs on.
 */
export const sqliteBinding = {
  name: 'sqlite-binding',
  setup({ initialOptions, onResolve }) {
    // With this variable `libsql` leaves the loading to the package that is replaced here.
    initialOptions.define = { ...initialOptions.define, 'process.env.LIBSQL_JS_DEV': '"bundled"' };
    onResolve({ filter: /^@neon-rs\/load$/ }, ({ importer }) =>
      importer === loader ? undefined : { path: loader },
    );
  },
};
