// A `pk serve` of its own for a test file, and its ledger as `pk logs` shows it.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {mkdtemp, readFile, readdir, rm} from 'node:fs/promises';
import {tmpdir} from 'node:os';
import path from 'node:path';
import {promisify} from 'node:util';
import {until} from './until.mjs';

const binary = process.env.PK_E2E_BINARY;
assert.ok(binary, 'PK_E2E_BINARY names the pk to test; use tests/e2e/run.sh');
const run = promisify(execFile);

// Nothing of the person who runs the tests: no settings, keys or proxies.
const bare = {PATH: process.env.PATH, HOME: '/nonexistent'};

export class Pk {
  static async start(...flags) {
    const pk = new Pk();
    pk.data = await mkdtemp(path.join(tmpdir(), 'pk-e2e-'));
    await pk.serve(flags);
    return pk;
  }

  // On a port that is still free when it is started there again: below those that the system gives to whoever asks for any.
  static async startToComeBack() {
    for (let tries = 1; ; ++tries) {
      const pk = new Pk();
      pk.data = await mkdtemp(path.join(tmpdir(), 'pk-e2e-'));
      try {
        await pk.serve([], `127.0.0.1:${20_000 + Math.floor(Math.random() * 12_000)}`);
        return pk;
      } catch (error) {
        await rm(pk.data, {recursive: true});
        if (tries === 20) throw error;
      }
    }
  }

  async serve(flags = [], listen = '127.0.0.1:0') {
    this.process = spawn(binary, ['serve', '--listen', listen, '--data', this.data, ...flags], {env: bare, stdio: ['ignore', 'pipe', 'pipe']});
    this.ended = new Promise((resolve) => this.process.once('exit', (code, signal) => resolve(code ?? signal)));
    this.talk = '';
    this.process.stderr.on('data', (chunk) => (this.talk += chunk));
    const ready = new Promise((resolve) => {
      let out = '';
      this.process.stdout.on('data', (chunk) => {
        out += chunk;
        const match = out.match(/^listening on (http:\/\/\S+)\n/m);
        if (match) resolve(match[1]);
      });
    });
    const early = this.ended.then((code) => assert.fail(`pk serve ended with ${code} before it listened: ${this.talk}`));
    this.url = await Promise.race([ready, early]);
    early.catch(() => {});
    this.v1 = `${this.url}/v1`;
  }

  // Ends the server as a person would, and takes nothing but a clean end.
  async end() {
    this.process.kill('SIGTERM');
    assert.equal(await this.ended, 0, `pk serve did not end with 0: ${this.talk}`);
  }

  async stop() {
    await this.end();
    await rm(this.data, {recursive: true});
  }

  // A pk command on the same ledger; its stdout.
  async run(...args) {
    const {stdout} = await run(binary, ['--data', this.data, ...args], {env: bare, maxBuffer: 64 << 20});
    return stdout;
  }

  async show(id) {
    return JSON.parse(await this.run('logs', 'show', '--json', id));
  }

  async list(...filters) {
    return JSON.parse(await this.run('logs', 'list', '--json', ...filters));
  }

  // The one record of a trace, whole. It is there when the client has its answer, but for a client that left, and for a
  // disk so slow that the answer was not held for it any longer.
  async ofTrace(trace) {
    const [row] = await this.rowsOfTrace(trace, 1);
    return this.show(row.id);
  }

  // The records of a trace, newest first, when there are so many; there must not be more.
  async rowsOfTrace(trace, count) {
    return until(`trace ${trace} has ${count} records`, async () => {
      const rows = await this.list('--trace-id', trace);
      assert.ok(rows.length <= count, `trace ${trace} has ${rows.length} records, not ${count}`);
      return rows.length === count && rows;
    });
  }

  // Whether these bytes stand in any file of the data folder, as they are.
  async dataHolds(text, folder = this.data) {
    for (const entry of await readdir(folder, {withFileTypes: true})) {
      const file = path.join(folder, entry.name);
      if (entry.isDirectory() && (await this.dataHolds(text, file))) return true;
      if (entry.isFile() && (await readFile(file)).includes(text)) return true;
    }
    return false;
  }
}
