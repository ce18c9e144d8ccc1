import bcrypt from 'bcryptjs';
import { describe, expect, it } from 'vitest';
import { SetupError } from '../../src/errors.ts';
import { missingSecrets, secretConsumers } from '../../src/secrets/consumers.ts';
import { renderDeliveries } from '../../src/secrets/render.ts';
import type { DeliveredFile } from '../../src/secrets/store.ts';
import { BROWSER, DATABASE, sampleStack, sampleValues } from './sample.ts';

const reveal = ({ content }: DeliveredFile): string => (typeof content === 'string' ? content : content.reveal());
const zeros = (bytes: number): Buffer => Buffer.alloc(bytes);

function environment(template: string, values: Record<string, string>): string | undefined {
  const [app] = renderDeliveries(sampleStack({ VARIABLE: template }), sampleValues(values));
  expect(app).toMatchObject({ service: 'app', uid: 10001, gid: 10001 });
  return app?.files.map((file) => `${file.path}: ${reveal(file)}`).join();
}

describe('a template becomes what the program reads', () => {
  const cases: readonly [string, string, Record<string, string>, string][] = [
    ['the value as it is', '${API_KEY}', { API_KEY: 'a$b"c\\d é' }, 'a$b"c\\d é'],
    [
      'percent-encoded by bytes',
      '${API_KEY|url}',
      { API_KEY: "aZ09-._~ /:@?#[]!$&'()*+,;=%é€😀" },
      'aZ09-._~%20%2F%3A%40%3F%23%5B%5D%21%24%26%27%28%29%2A%2B%2C%3B%3D%25%C3%A9%E2%82%AC%F0%9F%98%80',
    ],
    [
      'inside a TOML string',
      '{key="${API_KEY|toml}"}',
      { API_KEY: 'a"b\\c\td\u007f' },
      '{key="a\\"b\\\\c\\u0009d\\u007F"}',
    ],
    ['one encoding after the other', '${API_KEY|url|toml}', { API_KEY: 'a"b' }, 'a%22b'],
    ['several secrets', '${API_KEY}-${DATABASE_PASSWORD|url}', { API_KEY: 'x', DATABASE_PASSWORD: 'y z' }, 'x-y%20z'],
    [
      'a database URL in TOML',
      '{url="postgres://trader:${DATABASE_PASSWORD|url}@database/trading"}',
      { DATABASE_PASSWORD: 'p@ss' },
      '{url="postgres://trader:p%40ss@database/trading"}',
    ],
    ['a value that looks like a placeholder', '${API_KEY}', { API_KEY: '${WEBHOOK}$&' }, '${WEBHOOK}$&'],
    ['dollars and braces of its own', '$HOME {} $', {}, '$HOME {} $'],
  ];
  for (const [name, template, values, text] of cases) {
    it(name, () => expect(environment(template, values)).toBe(`env/VARIABLE: ${text}`));
  }

  it('leaves out what has no value, and says so', () => {
    const stack = sampleStack({ A: '${API_KEY}', B: '${WEBHOOK|url}', C: '${API_KEY}${DATABASE_PASSWORD}' });
    const values = sampleValues({ DATABASE_PASSWORD: 'x', API_KEY: '' });
    expect(renderDeliveries(stack, values)).toEqual([{ service: 'app', uid: 10001, gid: 10001, files: [] }]);
    expect(missingSecrets(stack, values)).toEqual([
      { name: 'API_KEY', services: ['app'], required: true },
      { name: 'WEBHOOK', services: ['app'], required: false },
    ]);
  });

  it('gives a service without templates no volume', () => {
    expect(renderDeliveries(sampleStack({}), sampleValues({ API_KEY: 'x' }))).toEqual([]);
  });
});

describe('what cannot be rendered is refused without its value', () => {
  const cases: readonly [string, string, string][] = [
    ['an undeclared secret', '${API_KYE}', 'secret-unknown'],
    ['a name that every object has', '${constructor}', 'secret-unknown'],
    ['an unknown encoding', '${API_KEY|shell}', 'secret-template-invalid'],
    ['a broken placeholder', '${API_KEY', 'secret-template-invalid'],
    ['an empty placeholder', 'x${}', 'secret-template-invalid'],
    ['a line end in the value', '${API_KEY}', 'secret-value-invalid'],
  ];
  for (const [name, template, code] of cases) {
    it(name, () => {
      const error = caught(() => environment(template, { API_KEY: 'line-one\nline-two' }));
      expect(error).toMatchObject({ kind: 'usage', code });
      expect(`${error.message} ${error.next.join()}`).not.toContain('line-');
    });
  }
});

describe('the volumes of our own services', () => {
  const stack = sampleStack({}, { database: DATABASE, tui: BROWSER });
  const values = sampleValues({
    DATABASE_SUPERUSER_PASSWORD: 'super',
    DATABASE_PASSWORD: 'pencil',
    GATE_PASSWORD: 'gate pass',
  });

  it('database and migrations get the superuser, migrations a verifier, and nobody the password of the role', () => {
    const shown = renderDeliveries(stack, values, zeros).map(({ service, uid, gid, files }) => [
      service,
      uid,
      gid,
      files.map((file) => `${file.path}=${reveal(file)}`),
    ]);
    expect(shown.slice(0, 2)).toEqual([
      ['database', 70, 70, ['superuser_password=super']],
      [
        'migrate',
        70,
        70,
        [
          'superuser_password=super',
          expect.stringMatching(/^app_role_verifier=SCRAM-SHA-256\$4096:A{22}==\$[\w+/]{43}=:[\w+/]{43}=$/),
        ],
      ],
    ]);
    expect(JSON.stringify(shown)).not.toContain('pencil');
  });

  it('the gate gets one line of htpasswd that accepts the password and no other', () => {
    const gate = renderDeliveries(stack, values).find(({ service }) => service === 'gate');
    expect(gate).toMatchObject({ uid: 101, gid: 101, files: [{ path: 'htpasswd' }] });
    const [, hash = ''] = /^trader:(\$2b\$08\$[./A-Za-z0-9]{53})\n$/.exec(gate?.files.map(reveal).join() ?? '') ?? [];
    expect(bcrypt.compareSync('gate pass', hash)).toBe(true);
    expect(bcrypt.compareSync('gate past', hash)).toBe(false);
  });

  it('differ by their salts only', () => {
    const once = renderDeliveries(stack, values, zeros).map(({ files }) => files.map(reveal));
    expect(renderDeliveries(stack, values, zeros).map(({ files }) => files.map(reveal))).toEqual(once);
    expect(renderDeliveries(stack, values).map(({ files }) => files.map(reveal))).not.toEqual(once);
  });

  it('are there, empty, before anything has a value', () => {
    expect(renderDeliveries(stack, new Map()).map(({ service, files }) => [service, files.length])).toEqual([
      ['database', 0],
      ['migrate', 0],
      ['gate', 0],
    ]);
    expect(missingSecrets(stack, new Map()).map(({ name, services }) => [name, services])).toEqual([
      ['DATABASE_SUPERUSER_PASSWORD', ['database', 'migrate']],
      ['DATABASE_PASSWORD', ['migrate']],
      ['GATE_PASSWORD', ['gate']],
    ]);
  });

  it('include the gate for an API behind it, and not for one without', () => {
    const api = (via: string) =>
      sampleStack(
        {},
        { ports: { bind: '127.0.0.1', api: { service: 'api', container: 8080, host: 8080, via }, tui: null } },
      );
    expect(renderDeliveries(api('gate'), values).map(({ service }) => service)).toEqual(['gate']);
    expect(renderDeliveries(api('direct'), values)).toEqual([]);
  });

  it('a gate password beyond what bcrypt compares is refused', () => {
    const error = caught(() => renderDeliveries(stack, sampleValues({ GATE_PASSWORD: 'é'.repeat(37) })));
    expect(error).toMatchObject({ kind: 'usage', code: 'secret-value-invalid' });
  });

  it('are what rotation has to touch, per secret', () => {
    const used = sampleStack({ A: '${DATABASE_PASSWORD|url}', B: '${API_KEY}${API_KEY}' }, { database: DATABASE });
    expect(Object.fromEntries(secretConsumers(used))).toEqual({
      DATABASE_PASSWORD: ['app', 'migrate'],
      API_KEY: ['app'],
      DATABASE_SUPERUSER_PASSWORD: ['database', 'migrate'],
    });
  });
});

it('what is rendered does not show itself', () => {
  const stack = sampleStack({ URL: 'postgres://x:${DATABASE_PASSWORD|url}@y' }, { database: DATABASE, tui: BROWSER });
  const text = JSON.stringify(
    renderDeliveries(
      stack,
      sampleValues({
        DATABASE_PASSWORD: 'hidden-one',
        DATABASE_SUPERUSER_PASSWORD: 'hidden-two',
        GATE_PASSWORD: 'hidden-three',
      }),
    ),
  );
  expect(text).not.toMatch(/hidden|SCRAM|2b/);
});

function caught(work: () => unknown): SetupError {
  try {
    work();
  } catch (error) {
    if (error instanceof SetupError) return error;
    throw error;
  }
  throw new Error('nothing was refused');
}

it('a key in PEM keeps its lines: the entrypoint hands them on', () => {
  const body = 'MIIEvQIBADANBgkqhkiG9w0BAQEFAASCBKcwggSjAgEAAoIBAQ';
  const pem = `-----BEGIN PRIVATE KEY-----\n${body}\n-----END PRIVATE KEY-----`;
  expect(environment('${API_KEY}', { API_KEY: pem })).toBe(`env/VARIABLE: ${pem}`);
});
