import { describe, expect, it } from 'vitest';
import { isTameYaml, readValues } from '../../src/detect/config/values.ts';
import { codes, factsOf } from './repository.ts';

const table = ({ values }: ReturnType<typeof readValues>) =>
  values.map(([key, { value, line }]) => `${line} ${key}=${value}`);

describe('a config file', () => {
  it('is read as TOML, YAML or JSON, with the line of each value', () => {
    expect(table(readValues('a.toml', '[server]\nport = 1\ntags = ["a"]\n'))).toEqual([
      '2 server.port=1',
      '3 server.tags=["a"]',
    ]);
    expect(table(readValues('a.yaml', '# x\nserver:\n  port: 1\n  tags: [a, b]\nlist:\n  - name: x\nnone:\n'))).toEqual(
      ['3 server.port=1', '4 server.tags=["a","b"]', '6 list.0.name=x', '7 none='],
    );
    expect(table(readValues('a.json', '{\n  "server": { "port": 1,\n    "host": "::1" }\n}\n'))).toEqual([
      '2 server.port=1',
      '3 server.host=::1',
    ]);
  });

  it('follows no alias, so that no text grows while it is read', () => {
    expect(table(readValues('a.yaml', 'a: &x 1\nb: *x\nc: 2\n'))).toEqual(['1 a=1', '3 c=2']);
  });

  it('that is broken says where, without quoting it', () => {
    const { values, error } = readValues('a.yaml', 'a: 1\npassword: "hunter2\n');
    expect(values).toEqual([]);
    expect(error?.line).toBeGreaterThanOrEqual(2);
    expect(JSON.stringify(error)).not.toContain('hunter2');
  });

  it.each(['? ', '- ', '[', '{', 'a: ', '&a ', '"', '| \n', ' ', '[{'])(
    'of 200,000 times %j is answered at once',
    (piece) => {
      const text = `a:\n${piece.repeat(200_000 / piece.length)}`;
      const started = performance.now();
      readValues('a.yaml', text);
      readValues('a.yaml', text.slice(0, 60_000));
      expect(performance.now() - started).toBeLessThan(1500);
      expect(isTameYaml(text)).toBe(false);
    },
  );
});

describe('config files', () => {
  const found = async (code: string, files: Readonly<Record<string, string>>) => {
    const { config } = await factsOf(`fn main() { ${code} }`, files);
    return config.files.map(({ path, confidence }) => `${path} ${confidence}`);
  };
  it.each([
    ['Toml::file("bot.toml")', 'bot.toml', ['bot.toml certain']],
    ['Yaml::file("bot.yaml")', 'bot.yaml', ['bot.yaml certain']],
    ['File::with_name("settings/base")', 'settings/base.yml', ['settings/base.yml certain']],
    ['File::from(Path::new("conf/x.json"))', 'conf/x.json', ['conf/x.json certain']],
    ['std::fs::read_to_string("./my.toml")', 'my.toml', ['my.toml likely']],
    ['load()', 'config/extra.json', ['config/extra.json guess']],
    ['load()', 'configuration.yaml', ['configuration.yaml guess']],
    ['load()', 'rust-toolchain.toml', []],
    ['std::fs::read_to_string("Cargo.toml")', 'deny.toml', []],
    ['load()', 'docker-compose.yml', []],
    ['load()', 'tests/config.toml', []],
  ])('%s finds %s', async (code, file, expected) => {
    expect(await found(`${code};`, { [file]: file.endsWith('json') ? '{}' : '' })).toEqual(expected);
  });

  it('of a package are looked for in its folder too, and what others build upon comes first', async () => {
    expect(
      await found('File::with_name("config/base"); File::with_name("config/local");', {
        'config/local.toml': '',
        'config/base.toml': '',
      }),
    ).toEqual(['config/base.toml certain', 'config/local.toml certain']);
  });

  it('hide what looks secret in YAML and JSON too, and a broken one is warned of', async () => {
    const facts = await factsOf('fn main() {}', {
      'config/a.yaml': 'venue:\n  api_key: hunter2\n  url: postgres://u:hunter2@h/x\n',
      'config/b.json': '{"secret": "hunter2"',
    });
    expect(JSON.stringify(facts)).not.toContain('hunter2');
    expect(facts.warnings.find(({ code }) => code === 'config-broken')).toMatchObject({
      evidence: { file: 'config/b.json' },
    });
    expect(codes(facts)).toContain('config-secret');
    expect(facts.config.files.find(({ path }) => path === 'config/a.yaml')?.private).toBe(true);
  });
});
