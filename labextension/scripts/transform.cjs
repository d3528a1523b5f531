/** TypeScript for Jest by the esbuild that also bundles the page. */
const { transformSync } = require('esbuild');

const OPTIONS = {
  format: 'cjs',
  target: 'node20',
  jsx: 'automatic',
  sourcemap: 'inline',
  tsconfigRaw: { compilerOptions: { useDefineForClassFields: false } }
};

module.exports = {
  process: (source, sourcefile) => ({
    code: transformSync(source, { ...OPTIONS, sourcefile, loader: sourcefile.endsWith('x') ? 'tsx' : 'ts' })
      .code
  })
};
