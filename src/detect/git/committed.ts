import { REDACTED } from '../../secret.ts';
import type { Evidence, WarningFact } from '../facts.ts';
import { isSecretName } from '../secret-names.ts';
import type { Workspace } from '../workspace.ts';

/** Most that is told; a repository with more of them has one problem and not fifty. */
const MAX_TOLD = 20;

/** Bytes of files that are looked through; more is data, and of it only the names are looked at. */
const MAX_LOOKED = 32 * 1024 * 1024;

/** Keys and settings of tests are made up, and those who read them know it. */
const TESTS = /(?:^|\/)(?:tests?|testing|test[-_]?data|fixtures|benches)\//;

/** Secrets that git tracks: said with file and line, and never what they are. */
export function committedSecrets(workspace: Workspace): WarningFact[] {
  if (!workspace.git.present) return [];
  let looked = 0;
  const text = (file: string): string => {
    if (looked > MAX_LOOKED) return '';
    // Looked at once and not kept.
    const bytes = workspace.bytes(file);
    looked += bytes.length;
    return bytes.toString();
  };
  const files = workspace.git.trackedFiles().filter((file) => !TESTS.test(file));
  const found = files.flatMap((file) => secretOf(workspace, file, text));
  const told = found.slice(0, MAX_TOLD);
  const rest = found.length - told.length;
  return rest === 0
    ? told
    : [...told, { code: 'secret-committed', message: `${rest} more files that git tracks hold secrets` }];
}

/** `.env` files that lie where a build would take them along; those that git tracks are told with the secrets. */
export function dotEnvFiles(workspace: Workspace): WarningFact[] {
  return workspace.files
    .filter((file) => isDotEnv(nameOf(file)) && !workspace.git.isTracked(file))
    .slice(0, MAX_TOLD)
    .map((file) => ({
      code: 'dotenv-present',
      message: `${file} is in the repository folder: it must stay out of git and of images`,
      evidence: { file, line: 1 },
    }));
}

function secretOf(workspace: Workspace, file: string, read: (file: string) => string): WarningFact[] {
  const name = nameOf(file);
  const by = NAMES.find(({ is }) => is.test(name));
  const text = by || READ.test(name) || isDotEnv(name) ? read(file) : '';
  // A certificate alone is public, and an empty file holds nothing.
  if (by?.unless?.test(text) && !PRIVATE_KEY.test(text)) return [];
  if (by && workspace.has(file) && text.trim() === '') return [];
  const place = text === '' ? undefined : placeOfSecret(text, isDotEnv(name));
  const what = place?.what ?? by?.what;
  const evidence: Evidence = { file, line: place?.line ?? 1 };
  if (what !== undefined)
    return [
      {
        code: 'secret-committed',
        message: `git tracks ${file}, which holds ${what}: whoever can read the repository has it, also from its history. Replace the secret where it is issued, then run git rm --cached ${file} and add it to .gitignore`,
        evidence,
      },
    ];
  return isDotEnv(name)
    ? [
        {
          code: 'dotenv-committed',
          message: `git tracks ${file}: a secret that is put there gets into the history. Run git rm --cached ${file} and add it to .gitignore`,
          evidence,
        },
      ]
    : [];
}

const NAMES: readonly { readonly is: RegExp; readonly what: string; readonly unless?: RegExp }[] = [
  {
    is: /\.(?:pem|key)$/i,
    what: 'a private key',
    unless: /-----BEGIN (?:CERTIFICATE|PUBLIC KEY|[A-Z ]*PARAMETERS)-----/,
  },
  { is: /^id_(?:rsa|dsa|ecdsa|ed25519)$/, what: 'an SSH key' },
  { is: /\.(?:p12|pfx|jks|keystore|ppk|kdbx)$/i, what: 'a store of keys' },
  { is: /^UTC--.*--[0-9a-f]{40}$/i, what: 'an Ethereum wallet' },
  { is: /^(?:\.netrc|\.pgpass|\.git-credentials|\.htpasswd)$/, what: 'logins' },
];

/** Files in which a secret stands as a value; sources are left to tools that know tests from programs. */
const READ = /\.(?:env|toml|ya?ml|json|sh|ini|conf|cfg|properties|service|tfvars)$|^(?:Dockerfile|Makefile|justfile)/i;

const PRIVATE_KEY = /-----BEGIN (?:[A-Z0-9]+ )*PRIVATE KEY(?: BLOCK)?-----/;

/** Kinds of keys that can be told by their look. */
const LOOKS: readonly { readonly is: RegExp; readonly what: string }[] = [
  { is: PRIVATE_KEY, what: 'a private key' },
  { is: /\bAKIA[0-9A-Z]{16}\b/, what: 'an AWS key' },
  { is: /\bgh[pousr]_[A-Za-z0-9]{36}\b/, what: 'a GitHub token' },
  { is: /\bxox[abp]-[A-Za-z0-9-]{20}/, what: 'a Slack token' },
  { is: /\bsk_live_[A-Za-z0-9]{20}/, what: 'a Stripe key' },
];

/** Longest line that is looked at; longer ones are data. */
const MAX_LINE = 1000;

interface Place {
  readonly line: number;
  readonly what: string;
}

function placeOfSecret(text: string, isEnvironment: boolean): Place | undefined {
  // 64 numbers and nothing else: a Solana key pair.
  if (text.length < MAX_LINE && /^\s*\[\s*\d{1,3}(?:\s*,\s*\d{1,3}){63}\s*\]\s*$/.test(text))
    return { line: 1, what: 'a Solana key pair' };
  for (const [index, raw] of text.split('\n').entries()) {
    const line = raw.slice(0, MAX_LINE);
    const what = LOOKS.find(({ is }) => is.test(line))?.what ?? secretName(line, isEnvironment);
    if (what !== undefined) return { line: index + 1, what };
  }
  return undefined;
}

/** The name to which a line gives a value that is a secret and no placeholder. */
function secretName(line: string, isEnvironment: boolean): string | undefined {
  const pair =
    /^[\s\-{,]*(?:export\s+|ENV\s+|ARG\s+)?["']?([A-Za-z_][\w.-]{0,80})["']?\s*[:=]\s*["']?([^\s"',#]{8,200})/.exec(
      line,
    );
  const [, name = '', value = ''] = pair ?? [];
  if (pair === null || isPlaceholder(value)) return undefined;
  const isKey = /key|secret|mnemonic|seed/i.test(name) && /^(?:0x)?[0-9a-f]{64}$/i.test(value);
  const isLogin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#\s:@]*:([^/?#\s@]{4,})@/i.exec(value)?.[1];
  if (isKey) return name;
  if (isLogin !== undefined && !isPlaceholder(isLogin) && (isEnvironment || hasManySigns(isLogin)))
    return `a login in ${name}`;
  return isSecretName(name) && !value.includes('://') && hasManySigns(value) ? name : undefined;
}

/** Random enough for a key: letters and digits mixed, and few of them twice. */
function hasManySigns(value: string): boolean {
  if (value.length < 16 || !/\d/.test(value) || !/[A-Za-z]/.test(value)) return false;
  return /^[\w+/=.-]+$/.test(value) && new Set(value).size >= 10;
}

/** Development keys that every copy of anvil and hardhat has; whoever uses one knows that everybody has it. */
const KNOWN =
  /^(?:0x)?(?:ac0974bec39a17e36ba4a6b4d238ff944bacb478cbed5efcae784d7bf4f2ff80|59c6995e998f97a5a0044966f0945389dc9e86dae88c7a8412f4603b6b78690d)$/i;

function isPlaceholder(value: string): boolean {
  return (
    value.includes(REDACTED) ||
    KNOWN.test(value) ||
    /^(?:[<${%]|\/run\/|\.?\.?\/)|your|change|example|placeholder|replace|dummy|xxxx|\.\.\.|secrets?\./i.test(value) ||
    /^(?:0x)?(.{1,4})\1+$/i.test(value) ||
    /^(?:0x)?(?:0123456789abcdef)+/i.test(value)
  );
}

/** `.env`, `.env.local`, `prod.env`; not what shows how one looks. */
function isDotEnv(name: string): boolean {
  return /^\.env(?:\.[\w-]+)*$|^[\w-]+\.env$/.test(name) && !/example|sample|template|dist|default/i.test(name);
}

function nameOf(file: string): string {
  return file.slice(file.lastIndexOf('/') + 1);
}
