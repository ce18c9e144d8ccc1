import { expect, it } from 'vitest';
import { redirectProblem } from '../../../src/flow/rotation/redirect.ts';
import { Secret } from '../../../src/secret.ts';
import { smallStack } from '../../stack/stacks.ts';

const problem = (text: string, stack = smallStack()) => redirectProblem(stack, 'app', new Secret(text));

it.each([
  'https://127.0.0.1/?code=C0.abc%40&session=1',
  'https://localhost:8182/callback?code=x',
  ' https://127.0.0.1?code=y ',
])('takes %s', (text) => expect(problem(text)).toBeUndefined());

it.each([
  ['', 'no address'],
  ['C0.abcdef', 'no address'],
  ['https://127.0.0.1/\n?code=abcdef', 'no address'],
  ['http://127.0.0.1/?code=abcdef', 'begins with https://127.0.0.1'],
  ['https://evil.example/?code=abcdef', 'begins with https://127.0.0.1'],
  ['https://127.0.0.1/?error=access_denied', 'refused'],
  ['https://127.0.0.1/?code=', 'no code'],
  ['https://127.0.0.1/', 'no code'],
])('refuses %j without repeating it', (text, words) => {
  expect(problem(text)).toContain(words);
  expect(problem(text)).not.toContain('abcdef');
});

it('knows the callback that the program is told of', () => {
  const stack = smallStack({
    services: { app: { environment: { SCHWAB_REDIRECT_URI: 'https://bot.example/callback' } } },
  });
  expect(problem('https://bot.example/callback?code=abc', stack)).toBeUndefined();
  expect(problem('https://127.0.0.1/?code=abc', stack)).toContain('https://bot.example');
});
