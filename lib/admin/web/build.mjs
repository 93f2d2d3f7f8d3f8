// Bundles the page: node build.mjs [--outdir DIR] [--tests].
//
// DIR (default dist) becomes index.html, the shell of every page, and assets/NAME-HASH.EXT, which never change
// and may be cached for ever. With --tests the tests of the pure parts are bundled and run instead.
import {spawnSync} from 'node:child_process';
import {createHash} from 'node:crypto';
import {mkdir, mkdtemp, readFile, readdir, rm, writeFile} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import {gzipSync} from 'node:zlib';
import {build} from 'esbuild';

const here = path.dirname(fileURLToPath(import.meta.url));
const scriptBytesMax = 120_000;  // compressed, of all scripts together

function outdir() {
  const at = process.argv.indexOf('--outdir');
  return path.resolve(at < 0 ? process.env.PK_WEB_OUTDIR || path.join(here, 'dist') : process.argv[at + 1]);
}

const common = {
  absWorkingDir: here, bundle: true, format: 'esm', target: 'es2021', jsx: 'automatic', jsxImportSource: 'preact',
  nodePaths: [path.join(here, 'node_modules')],
  legalComments: 'none', logLevel: 'warning',
};

// A file that no bundle holds, under a name that tells its content.
async function copyHashed(from, assets) {
  const bytes = await readFile(path.join(here, from));
  const {name, ext} = path.parse(from);
  const hash = createHash('sha256').update(bytes).digest('hex').slice(0, 8).toUpperCase();
  await writeFile(path.join(assets, `${name}-${hash}${ext}`), bytes);
  return `/assets/${name}-${hash}${ext}`;
}

async function bundle(out) {
  const assets = path.join(out, 'assets');
  await rm(assets, {recursive: true, force: true});
  await mkdir(assets, {recursive: true});
  const {metafile} = await build({...common, entryPoints: ['src/main.tsx'], outdir: assets, minify: true, splitting: true,
    metafile: true, entryNames: 'app-[hash]', chunkNames: '[name]-[hash]', assetNames: '[name]-[hash]'});
  const entry = Object.entries(metafile.outputs).find(([, output]) => output.entryPoint === 'src/main.tsx');
  const url = (file) => `/assets/${path.basename(file)}`;
  const shell = (await readFile(path.join(here, 'src/index.html'), 'utf8'))
    .replace('%EARLY%', await copyHashed('src/early.js', assets))
    .replace('%ICON%', await copyHashed('src/icon.svg', assets))
    .replace('%STYLE%', url(entry[1].cssBundle))
    .replace('%SCRIPT%', url(entry[0]));
  await writeFile(path.join(out, 'index.html'), shell);
  return assets;
}

async function scriptBytes(assets) {
  let bytes = 0;
  for (const file of await readdir(assets))
    if (file.endsWith('.js')) bytes += gzipSync(await readFile(path.join(assets, file)), {level: 9}).length;
  return bytes;
}

async function runTests() {
  const tests = path.join(here, '../../../tests/admin/web');
  const out = await mkdtemp(path.join(tmpdir(), 'pk-web-'));
  try {
    const files = (await readdir(tests)).filter((file) => file.endsWith('.test.ts'));
    await build({...common, entryPoints: files.map((file) => path.join(tests, file)), outdir: out, platform: 'node',
      outExtension: {'.js': '.mjs'}});
    const bundles = files.map((file) => path.join(out, file.replace(/\.ts$/, '.mjs')));
    return spawnSync(process.execPath, ['--test', '--test-reporter=spec', ...bundles], {stdio: 'inherit'}).status ?? 1;
  } finally {
    await rm(out, {recursive: true});
  }
}

if (process.argv.includes('--tests')) {
  process.exitCode = await runTests();
} else {
  const assets = await bundle(outdir());
  const bytes = await scriptBytes(assets);
  console.error(`web page in ${outdir()}: ${(bytes / 1000).toFixed(1)} kB of script, compressed`);
  if (bytes > scriptBytesMax) {
    console.error(`more than the ${scriptBytesMax / 1000} kB that are allowed`);
    process.exitCode = 1;
  }
}
