import { describe, expect, it } from 'vitest';
import { detect } from '../../src/detect/detect.ts';
import { codes, unpack } from './repository.ts';

describe('a virtual workspace', () => {
  it('finds members by glob and by name, without the excluded one', async () => {
    const facts = await detect(await unpack('virtual'));
    expect(facts.workspace).toEqual({ kind: 'virtual', members: ['crates/app', 'crates/core', 'tools/check'] });
  });

  it('tells binary, package and folder apart', async () => {
    const { binaries, name } = await detect(await unpack('virtual'));
    expect(binaries[0]).toMatchObject({
      package: 'desk-cli',
      bin: 'desk',
      path: 'crates/app/src/main.rs',
      evidence: { file: 'crates/app/Cargo.toml', line: 7 },
    });
    expect(name).toBe('desk');
  });

  it('takes the largest rust-version and says that git ignores the lock file', async () => {
    const facts = await detect(await unpack('virtual'));
    expect(facts.toolchain).toEqual({ rustVersion: '1.82', evidence: { file: 'crates/core/Cargo.toml', line: 4 } });
    expect(facts.lockfile).toBe('ignored');
    expect(facts.nativeLibraries.map(({ name }) => name)).toEqual(['openssl-sys']);
  });

  it('names subcommands as they are typed and follows them into other crates', async () => {
    const { subcommands } = await detect(await unpack('virtual'));
    expect(subcommands.map(({ name, kind, serves }) => [name, kind, serves])).toEqual([
      ['trade', 'daemon', true],
      ['book', 'one-shot', false],
    ]);
  });

  it('knows a nested route, and one whose router nobody calls', async () => {
    const { routes } = await detect(await unpack('virtual'));
    expect(routes.map(({ method, path, mounted }) => `${method} ${path} ${mounted}`)).toEqual([
      'GET /api/book true',
      'GET /health true',
      'POST /admin/stop false',
    ]);
  });

  it('knows which variables are required, dead, or implied by a field', async () => {
    const { env } = await detect(await unpack('virtual'));
    expect(env.map(({ name, required, dead, secret }) => [name, required, dead, secret])).toEqual([
      ['DESK_API_KEY', true, false, true],
      ['DESK_OLD_KEY', false, true, true],
      ['LOG_LEVEL', false, false, false],
    ]);
  });
});

describe('a root package with members', () => {
  it('lists both, the default binary first', async () => {
    const facts = await detect(await unpack('root-package'));
    expect(facts.workspace).toEqual({ kind: 'root-package', members: ['.', 'feeds'] });
    expect(facts.binaries.map(({ bin, path }) => [bin, path])).toEqual([
      ['night', 'src/bin/night.rs'],
      ['trader', 'src/main.rs'],
    ]);
  });

  it('says which binary reads what', async () => {
    const { env } = await detect(await unpack('root-package'));
    expect(env.map(({ name, readBy }) => [name, readBy])).toEqual([
      ['FEED_URL', ['trader']],
      ['NIGHT_MODE', ['night']],
    ]);
  });
});

describe('a single package', () => {
  it('has a toolchain, a lock file, and no database', async () => {
    const facts = await detect(await unpack('single'));
    expect(facts.workspace).toEqual({ kind: 'single', members: ['.'] });
    expect(facts.toolchain).toMatchObject({ channel: '1.88.0', rustVersion: '1.75' });
    expect(facts.lockfile).toBe('tracked');
    expect([facts.databases, facts.migrations, facts.ports, facts.routes, facts.warnings]).toEqual([
      [],
      [],
      [],
      [],
      [],
    ]);
  });
});

describe('a package with several binaries', () => {
  it('finds declared ones, files and folders of src/bin', async () => {
    const { binaries } = await detect(await unpack('several-binaries'));
    expect(binaries.map(({ bin, path }) => [bin, path])).toEqual([
      ['server', 'src/serve.rs'],
      ['auth', 'src/bin/auth.rs'],
      ['report', 'src/bin/report/main.rs'],
    ]);
  });

  it('gives each variable to the binary that reaches it', async () => {
    const { env } = await detect(await unpack('several-binaries'));
    expect(env.map(({ name, readBy }) => [name, readBy])).toEqual([
      ['APP_SECRET', ['auth']],
      ['DATABASE_URL', ['server']],
      ['REPORT_DIR', ['report']],
    ]);
  });

  it('knows the database by its only driver, native libraries by the manifest, and misses the lock file', async () => {
    const facts = await detect(await unpack('several-binaries'));
    expect(facts.databases).toMatchObject([{ kind: 'sqlite', via: { env: 'DATABASE_URL' } }]);
    expect(facts.nativeLibraries.map(({ name }) => name)).toEqual(['libsqlite3-sys', 'openssl-sys']);
    expect(facts.lockfile).toBe('absent');
    expect(codes(facts)).toEqual(['lockfile-absent']);
  });
});

describe('a broken manifest', () => {
  it('is named with its line, and everything else is found', async () => {
    const facts = await detect(await unpack('broken'));
    const [warning] = facts.warnings;
    expect(warning).toMatchObject({ code: 'manifest-broken', evidence: { file: 'crates/bad/Cargo.toml', line: 3 } });
    expect(facts.binaries.map(({ bin }) => bin)).toEqual(['bad-bot', 'good']);
    expect(facts.env.map(({ name }) => name)).toEqual(['STILL_FOUND']);
  });
});
