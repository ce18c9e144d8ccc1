import { describe, expect, it } from 'vitest';
import { holdsSecret, isSecretName, withoutSecrets, withoutUrlKeys } from '../../src/catalog/secret-names.ts';
import { factsOf } from '../detect/repository.ts';

/** Lines, and what is shown of them. */
type Case = readonly [what: string, text: readonly string[], shown: readonly string[]];

function check(cases: readonly Case[]): void {
  for (const [what, text, shown] of cases) {
    it(what, () => expect(withoutSecrets(text.join('\n')).split('\n')).toEqual(shown));
  }
}

describe('a value of several lines is not shown', () => {
  check([
    [
      'as a block of YAML',
      ['api_key: |', '  first-line', '', '  second-line', 'port: 80'],
      ['api_key: |', '  [secret]', '', '  [secret]', 'port: 80'],
    ],
    [
      'as a folded block with signs and a comment',
      ['  db:', '    password: >-2 # of the role', '      one', '        two', '    user: me'],
      ['  db:', '    password: >-2 # of the role', '      [secret]', '        [secret]', '    user: me'],
    ],
    [
      'as a block in a list, whose next key stands less deep',
      ['- token: |-', '    abc', '  name: x'],
      ['- token: |-', '    [secret]', '  name: x'],
    ],
    ['quoted name and all', ['"client_secret": |+', '  abc'], ['"client_secret": |+', '  [secret]']],
    ['below its key', ['password:', '  abcdef', 'user: me'], ['password:', '  [secret]', 'user: me']],
    [
      'in TOML, with what stands behind its end',
      ['private_key = """', 'abc', 'def""" # end', 'port = 80'],
      ['private_key = """', '[secret]', '[secret]""" # end', 'port = 80'],
    ],
    ['in TOML on one line', ['secret = """abc"""', 'port = 80'], ['secret = [secret]', 'port = 80']],
    ['to the end of the text', ['secret: |', '  abc'], ['secret: |', '  [secret]']],
  ]);
});

describe('a map or a list below such a name is shown', () => {
  check(
    [
      ['secrets:', '  db_file:', '    external: true', 'services:'],
      ['secrets:', '  - db_file', '  - other', 'x: 1'],
      ['description: |', '  the API key is not here', 'port: 80'],
      ['password:', 'user: me'],
    ].map((lines): Case => [lines.join(' / '), lines, lines]),
  );
});

describe('a token behind a word is not shown', () => {
  check([
    ['in a header', ['Authorization: Bearer abc.DEF-123_456'], ['Authorization: Bearer [secret]']],
    ['in a header with a login', ['authorization: Basic dXNlcjpwYXNz'], ['authorization: Basic [secret]']],
    ['without a scheme', ['Authorization: abcdef123'], ['Authorization: [secret]']],
    [
      'in a command',
      [`curl -H 'Authorization: token abcdefgh' https://host/x`],
      [`curl -H 'Authorization: token [secret]' https://host/x`],
    ],
    ['in a map', ['  "Authorization": "Bearer abcdefgh",'], ['  "Authorization": "Bearer [secret]",']],
    [
      'in code',
      ['.header("Authorization", "Bearer 0123456789abcdef0")'],
      ['.header("Authorization", "Bearer [secret]")'],
    ],
  ]);

  it('and words about one are', () => {
    for (const line of [
      'Authorization: Bearer ${TOKEN}',
      'Authorization: Bearer <token>',
      'The Basic authentication of the gate, and a bearer instrument.',
      '.header("Authorization", format!("Bearer {}", token))',
    ])
      expect(withoutSecrets(line)).toBe(line);
  });
});

describe('the address of a webhook is one that anybody may post to', () => {
  for (const [url, shown] of [
    ['https://hooks.slack.com/services/T000/B000/abcdefgh', 'https://hooks.slack.com/services/[secret]'],
    ['https://discord.com/api/webhooks/123456/abcdefgh', 'https://discord.com/api/webhooks/123456/[secret]'],
    ['https://discord.com/api/v10/webhooks/1/abc?wait=1', 'https://discord.com/api/v10/webhooks/1/[secret]?wait=1'],
    ['https://api.telegram.org/bot12345:abcdef/sendMessage', 'https://api.telegram.org/bot[secret]'],
    ['https://x.webhook.office.com/webhookb2/abc@def/x', 'https://x.webhook.office.com/webhookb2/[secret]'],
    ['https://hooks.zapier.com/hooks/catch/1/abc/', 'https://hooks.zapier.com/hooks/catch/[secret]'],
    ['https://maker.ifttt.com/trigger/x/with/key/abcdef', 'https://maker.ifttt.com/trigger/x/with/key/[secret]'],
    ['https://open.feishu.cn/open-apis/bot/v2/hook/ab-cd', 'https://open.feishu.cn/open-apis/bot/v2/hook/[secret]'],
  ] as const) {
    it(new URL(url).host, () => {
      expect(withoutSecrets(`webhook = "${url}"`)).toBe(`webhook = "${shown}"`);
      expect(holdsSecret(url)).toBe(true);
      expect(withoutUrlKeys(shown)).toBe(shown);
    });
  }

  it('is no secret where it only says where one goes', () => {
    for (const line of ['https://hooks.slack.com/services/${SLACK_PATH}', 'https://discord.com/api/webhooks'])
      expect(withoutSecrets(line)).toBe(line);
  });

  it('is a bot of Telegram without an address too', () => {
    const token = `123456789:AA${'Hx0-_'.repeat(7)}`;
    expect(withoutSecrets(`bot ${token}.`)).toBe('bot [secret].');
  });
});

describe('a row of a table in a README', () => {
  check([
    ['shows no value', ['| API_KEY | abc123def | required |'], ['| API_KEY | [secret] | required |']],
    ['shows no value in quotes', ['| `DB_PASSWORD` | `hunter!x` |'], ['| `DB_PASSWORD` | `[secret]` |']],
    [
      'shows what is said about it',
      ['| API_KEY | `${API_KEY}` | your key of the venue | required | <paste> | 64 |', '| Name | abc123def |'],
      ['| API_KEY | `${API_KEY}` | your key of the venue | required | <paste> | 64 |', '| Name | abc123def |'],
    ],
  ]);
});

it('leaves no key of an address in what is detected: it is shown, and compared by no more than its place', async () => {
  const key = 'aB3dE6gH9jK2mN5pQ8sT1vW4';
  const source = `fn main() { let _ = std::env::var("RPC_URL").unwrap_or("https://eth.node-provider.com/v2/${key}".into()); }`;
  const config = `[node]\nrpc_url = "wss://eth.node-provider.com/ws/v3/${key}"\nhook = "https://hooks.slack.com/services/T0/B0/abcdefgh"\n`;
  const facts = JSON.stringify(await factsOf(source, { 'config/Config.toml': config }));
  expect(facts).toContain('eth.node-provider.com/v2/[secret]');
  expect(facts).not.toContain(key);
  expect(facts).not.toContain('abcdefgh');
});

it.each([
  ['COSMOS_PRIMARY_KEY', true],
  ['AZURE_STORAGE_PRIMARY_KEY', true],
  ['primary_key', false],
  ['PRIMARY_KEYS', false],
  ['ORDERS_FOREIGN_KEY', false],
  ['FOREIGN_KEYS', false],
])('%s is a secret by its name: %s', (name, secret) => expect(isSecretName(name)).toBe(secret));
