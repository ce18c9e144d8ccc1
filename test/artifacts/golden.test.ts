import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { freshText } from '../../src/artifacts/propose.ts';
import { type Artifact, render } from '../../src/artifacts/render.ts';
import { composeServices, volumesOf } from '../../src/stack/names.ts';
import { parseStack } from '../../src/stack/parse.ts';
import type { Stack } from '../../src/stack/schema.ts';
import { CASES, caseNames, stackOfCase } from '../stack/stacks.ts';

/** `UPDATE=1` writes what is rendered; the difference is reviewed like code. */
const UPDATE = process.env.UPDATE === '1';

interface Service {
  readonly [key: string]: unknown;
  readonly image: string;
  readonly ports?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly command?: readonly string[];
  readonly networks?: readonly string[];
  readonly build?: { readonly target: string };
}
interface Compose {
  readonly name: string;
  readonly services: Readonly<Record<string, Service>>;
  readonly networks: Readonly<Record<string, unknown>>;
  readonly volumes: Readonly<Record<string, { readonly name?: string; readonly external?: boolean } | null>>;
}

/** The name in the fixture folder: git would act upon a `.gitignore` in our own repository. */
function stored(path: string): string {
  return path.replace(/^\.gitignore$/, '_gitignore');
}

function textOf(artifacts: readonly Artifact[], path: string): string {
  return artifacts.find((artifact) => artifact.path === path)?.text ?? '';
}

function compose(artifacts: readonly Artifact[]): Compose {
  return parse(textOf(artifacts, 'docker-compose.yml'), { version: '1.1', merge: true }) as Compose; // checked below
}

describe.each(caseNames())('the stack %s', (name) => {
  let stack: Stack;
  let artifacts: readonly Artifact[];
  const expected = join(CASES, name, 'expected');

  beforeAll(async () => {
    stack = await stackOfCase(name);
    artifacts = render(stack);
    if (!UPDATE) return;
    rmSync(expected, { recursive: true, force: true });
    for (const artifact of artifacts) {
      const path = join(expected, stored(artifact.path));
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, freshText(artifact));
      if (artifact.executable) chmodSync(path, 0o755);
    }
  });

  it('is exactly these files', () => {
    const there = existsSync(expected) ? readdirSync(expected, { recursive: true, encoding: 'utf8' }) : [];
    const files = there.filter((path) => statSync(join(expected, path)).isFile());
    expect(files.sort()).toEqual(artifacts.map(({ path }) => stored(path)).sort());
  });

  it('is rendered byte for byte as it was reviewed', () => {
    for (const artifact of artifacts) {
      const reviewed = readFileSync(join(expected, stored(artifact.path)), 'utf8');
      expect(freshText(artifact), artifact.path).toBe(reviewed);
    }
  });

  it('gives the same bytes when it is rendered again, also from its own file', () => {
    expect(render(stack)).toEqual(artifacts);
    expect(render(parseStack(textOf(artifacts, 'trading-setup.yaml')))).toEqual(artifacts);
  });

  it('misses no value', () => {
    for (const { path, text } of artifacts) {
      expect(text, path).not.toMatch(/\bundefined\b|\[object |\bNaN\b|<%/);
      expect(text.endsWith('\n') && !text.endsWith('\n\n'), path).toBe(true);
      expect(text, path).not.toMatch(/[ \t]$/m);
    }
  });

  it('reads the same in YAML 1.1, which Compose reads, and in YAML 1.2', () => {
    const text = textOf(artifacts, 'docker-compose.yml');
    expect(parse(text, { version: '1.1', merge: true })).toEqual(parse(text, { version: '1.2', merge: true }));
  });

  it('hardens every service', () => {
    const { services } = compose(artifacts);
    expect(Object.keys(services)).toEqual(composeServices(stack));
    for (const [service, body] of Object.entries(services)) {
      expect(body, service).toMatchObject({
        init: true,
        read_only: true,
        cap_drop: ['ALL'],
        security_opt: ['no-new-privileges:true'],
        logging: { driver: 'json-file', options: { 'max-size': '10m', 'max-file': '5' } },
        user: expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/),
        pids_limit: expect.any(Number),
        tmpfs: expect.arrayContaining([expect.stringMatching(/^\/tmp:uid=[1-9]\d*,gid=[1-9]\d*,mode=0700$/)]),
      });
      expect(body, service).not.toHaveProperty('privileged');
      expect(body, service).not.toHaveProperty('cap_add');
      // Either networks that are named, or none at all.
      expect(body.networks === undefined ? body.network_mode : 'named', service).toMatch(/^(named|none)$/);
      if (body.networks) expect(body, service).not.toHaveProperty('network_mode');
      const oneShot = body.restart === 'no';
      expect(oneShot || body.restart === 'unless-stopped', service).toBe(true);
      if (!oneShot) expect(body, service).toHaveProperty('healthcheck');
      if (!oneShot) expect(body, service).toHaveProperty('stop_grace_period');
    }
  });

  it('publishes on the bind address only, and the database not at all', () => {
    const { services } = compose(artifacts);
    const bind = stack.ports.bind.includes(':') ? `[${stack.ports.bind}]` : stack.ports.bind;
    for (const port of Object.values(services).flatMap(({ ports }) => ports ?? [])) {
      expect(port.startsWith(`${bind}:\${`), port).toBe(true);
    }
    expect(services.database?.ports).toBeUndefined();
    expect(services.migrate?.ports).toBeUndefined();
    expect(services.tui?.ports).toBeUndefined();
  });

  it('is a Compose file of today: names only that exist, no container_name, no version', () => {
    const document = compose(artifacts);
    expect(document.name).toBe(stack.id);
    expect(document).not.toHaveProperty('version');
    for (const [service, body] of Object.entries(document.services)) {
      expect(body, service).not.toHaveProperty('container_name');
      for (const network of body.networks ?? []) expect(Object.keys(document.networks)).toContain(network);
      for (const mount of (body.volumes ?? []) as readonly string[]) {
        expect(Object.keys(document.volumes), 'nothing of the repository is mounted').toContain(mount.split(':')[0]);
      }
      for (const other of Object.keys(body.depends_on ?? {})) expect(Object.keys(document.services)).toContain(other);
    }
  });

  it('keeps every volume out of reach of down -v, but for the socket', () => {
    const { volumes } = compose(artifacts);
    for (const [volume, body] of Object.entries(volumes)) {
      if (volume === 'tui-socket') continue;
      expect(body).toEqual({ name: `${stack.id}_${volume}`, external: true });
    }
    const named = Object.keys(volumes).filter((volume) => volume !== 'tui-socket');
    expect(named).toEqual(volumesOf(stack).map(({ volume }) => volume));
  });

  it('names images by exact tag, and ours so that nobody pulls them', () => {
    const { services } = compose(artifacts);
    const froms = [...textOf(artifacts, 'Dockerfile').matchAll(/^FROM (\S+)/gm)].map(([, from = '']) => from);
    const stages = [...textOf(artifacts, 'Dockerfile').matchAll(/^FROM \S+ AS (\S+)/gm)].map(([, stage = '']) => stage);
    const outside = froms.filter((from) => !stages.includes(from) && from !== 'scratch' && !from.startsWith('ttyd-'));
    for (const image of [...outside, ...Object.values(services).map((service) => service.image)]) {
      expect(image).toMatch(/^[^:]+(\/[^:]+)*:[\w.-]*(\d+\.\d+|current)[\w.-]*$/);
      expect(image).not.toContain('latest');
    }
    for (const { image, build } of Object.values(services)) {
      if (image.endsWith(':current')) expect(image).toMatch(/^localhost\//);
      if (build) expect(stages).toContain(build.target);
    }
  });

  it('has a Dockerfile that builds offline and carries no secret', () => {
    const text = textOf(artifacts, 'Dockerfile');
    expect(text).not.toMatch(/^#\s*(syntax|escape)\s*=/im);
    expect(text).not.toContain('--parents');
    const names = Object.keys(stack.secrets.entries);
    const variables = Object.values(stack.services).flatMap((service) => Object.keys(service.secrets));
    for (const line of text.split('\n').filter((each) => /^\s*(ARG|ENV|LABEL)\b/.test(each))) {
      for (const secret of [...names, ...variables]) expect(line).not.toContain(secret);
    }
    expect(text).not.toMatch(/^ARG\b/m);
    for (const stage of ['app', 'tui', 'migrate', 'migrate-sqlite', 'gate']) {
      const body = text.split(new RegExp(`^FROM \\S+ AS ${stage}$`, 'm'))[1]?.split(/^FROM /m)[0];
      const users = [...(body ?? '').matchAll(/^USER (\S+)/gm)].map(([, user]) => user);
      if (users.length > 0) expect(users.at(-1), stage).toMatch(/^[1-9]\d*:[1-9]\d*$/);
    }
  });

  it('gives a secret to a container by file only, and names the required ones', () => {
    const { services } = compose(artifacts);
    for (const [service, { secrets }] of Object.entries(stack.services)) {
      const environment = services[service]?.environment ?? {};
      for (const variable of Object.keys(secrets)) expect(Object.keys(environment)).not.toContain(variable);
      const insisted = (environment.TRADING_SETUP_REQUIRED ?? '').split(' ').filter(Boolean);
      const required = Object.entries(secrets).filter(([, template]) =>
        Object.entries(stack.secrets.entries).some(
          ([secret, entry]) => entry.required && new RegExp(`\\$\\{${secret}[|}]`).test(template),
        ),
      );
      // Behind the sign stands the secret, where it is called otherwise, or nothing for a plain setting.
      const variables = insisted.filter((word) => !word.endsWith('=')).map((word) => word.split('=')[0]);
      expect(variables).toEqual(required.map(([variable]) => variable));
    }
  });

  it('means the values of the stack: Compose gives back what was decided', () => {
    const { services } = compose(artifacts);
    const interpolated = (text: string | undefined) => text?.replaceAll('$$', '$');
    for (const [service, { environment, binary, args }] of Object.entries(stack.services)) {
      const body = services[service];
      expect(body?.command?.map(interpolated)).toEqual([binary, ...args]);
      for (const [key, value] of Object.entries(environment)) {
        expect(interpolated(body?.environment?.[key]), key).toBe(value);
        expect(body?.environment?.[key]?.replaceAll('$$', ''), 'a single $ would be interpolated').not.toContain('$');
      }
    }
  });

  it('has comments and tables that no value breaks', () => {
    for (const line of textOf(artifacts, '.env.example').split('\n')) expect(line).toMatch(/^(#|$)/);
    for (const line of textOf(artifacts, 'README.md').split('\n')) {
      if (line.startsWith('|')) expect(line).toMatch(/\|$/);
    }
  });
});
