// node embed.mjs DIR FILE.cc: writes what is in DIR, each file compressed, as the constants of admin/assets.h.
import {readFile, readdir, writeFile} from 'node:fs/promises';
import path from 'node:path';
import {gzipSync} from 'node:zlib';

const types = {
  '.html': 'text/html; charset=utf-8', '.js': 'text/javascript; charset=utf-8', '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml', '.json': 'application/json', '.woff2': 'font/woff2', '.png': 'image/png',
};

async function filesBelow(dir, prefix = '') {
  const found = [];
  for (const entry of (await readdir(dir, {withFileTypes: true})).sort((a, b) => (a.name < b.name ? -1 : 1))) {
    const name = `${prefix}/${entry.name}`;
    if (entry.isDirectory()) found.push(...await filesBelow(path.join(dir, entry.name), name));
    else found.push(name);
  }
  return found;
}

function arrayOf(bytes) {
  const lines = [];
  for (let at = 0; at < bytes.length; at += 32) lines.push([...bytes.subarray(at, at + 32)].join(','));
  return lines.join(',\n');
}

const [dir, out] = process.argv.slice(2);
let arrays = '';
let rows = '';
let n = 0;
for (const name of await filesBelow(dir)) {
  const type = types[path.extname(name)];
  if (!type) throw new Error(`${name}: its type is not known here`);
  const bytes = await readFile(path.join(dir, name));
  const gzip = gzipSync(bytes, {level: 9});
  arrays += `constexpr unsigned char k_file${n}[] = {\n${arrayOf(gzip)}};\n`;
  rows += `    {"${name}", "${type}", view(k_file${n}), ${bytes.length}},\n`;
  n += 1;
}
await writeFile(out, `#include "admin/assets.h"

namespace pk::admin {

namespace {

${arrays}
template <std::size_t size>
std::string_view view(const unsigned char (&bytes)[size]) {
  return {reinterpret_cast<const char*>(bytes), size};
}

}  // namespace

std::span<const Asset> assets() {
  static const Asset all[] = {
${rows}  };
  return all;
}

}  // namespace pk::admin
`);
