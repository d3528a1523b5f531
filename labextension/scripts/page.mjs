/** Bundles the page of the stand-alone server, under names that change with their content, and the widget; React inside. */
import { build } from 'esbuild';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { basename } from 'node:path';

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 24 24" fill="#1e88e5"><path d="M4 3a1 1 0 0 1 1 1v15h15a1 1 0 1 1 0 2H4a1 1 0 0 1-1-1V4a1 1 0 0 1 1-1z"/><path d="M8.8 16.4l-1.5-1.3 3.9-4.7 3.4 2.6 3.9-6 1.7 1.1-5.1 7.8-3.6-2.7z"/></svg>`;
const OUT = '../jupyter_mlops/server/page';

const WIDGET = '../jupyter_mlops/widgets/static';

function tell({ outputs }) {
  Object.entries(outputs).forEach(([path, { bytes }]) =>
    console.log(`${basename(path)} ${(bytes / 1000).toFixed(1)} kB`)
  );
}

for (const folder of [OUT, WIDGET]) {
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
}
const COMMON = { bundle: true, minify: true, target: 'es2022', charset: 'utf8', legalComments: 'linked' };
const NODE_ENV = { 'process.env.NODE_ENV': '"production"' };
const { metafile } = await build({
  ...COMMON,
  entryPoints: ['src/page/index.tsx'],
  entryNames: '[name]-[hash]',
  outdir: `${OUT}/assets`,
  format: 'iife',
  define: NODE_ENV,
  metafile: true
});

const names = Object.keys(metafile.outputs).map(path => basename(path));
const one = ending => names.find(name => name.endsWith(ending));
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
tell(metafile);

/** The looks of the widget are in its script: a widget has no place for a file beside it. */
const style = async path => {
  const { outputFiles } = await build({
    ...COMMON,
    entryPoints: [path],
    write: false,
    legalComments: 'none'
  });
  return JSON.stringify(outputFiles[0].text);
};
const widget = await build({
  ...COMMON,
  entryPoints: { views: 'src/widget/index.tsx' },
  outdir: WIDGET,
  format: 'esm',
  define: {
    ...NODE_ENV,
    VIEWS_STYLE: await style('style/index.css'),
    THEME_STYLE: await style('style/page/theme.css')
  },
  metafile: true
});
tell(widget.metafile);
