/** Bundles the page of the stand-alone server, React inside, under names that change with their content. */
import { build } from 'esbuild';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="#1e88e5"><path d="M4 3a1 1 0 0 1 1 1v15h15a1 1 0 1 1 0 2H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z"/><path d="M8.8 16.4l-1.5-1.3 3.9-4.7 3.4 2.6 3.9-6 1.7 1.1-5.1 7.8-3.6-2.7z"/></svg>`;
const OUT = '../jupyter_mlops/server/page';

await rm(OUT, { recursive: true, force: true });
await mkdir(OUT, { recursive: true });
const { metafile } = await build({
  entryPoints: ['src/page/index.tsx'],
  entryNames: '[name]-[hash]',
  outdir: `${OUT}/assets`,
  bundle: true,
  minify: true,
  format: 'iife',
  target: 'es2022',
  charset: 'utf8',
  legalComments: 'linked',
  define: { 'process.env.NODE_ENV': '"production"' },
  metafile: true
});

const files = Object.entries(metafile.outputs).map(([path, { bytes }]) => ({ name: basename(path), bytes }));
const one = ending => files.find(({ name }) => name.endsWith(ending)).name;
await writeFile(
  `${OUT}/index.html`,
  `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8">
    <meta name="viewport" content="width=device-width, initial-scale=1">
    <meta name="referrer" content="no-referrer">
    <title>jupyter_mlops</title>
    <link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
    <link rel="stylesheet" href="assets/${one('.css')}">
    <script defer src="assets/${one('.js')}"></script>
  </head>
  <body>
    <div id="page"></div>
    <noscript>This page needs JavaScript.</noscript>
  </body>
</html>
`
);
files.forEach(({ name, bytes }) => console.log(`${name} ${(bytes / 1000).toFixed(1)} kB`));
