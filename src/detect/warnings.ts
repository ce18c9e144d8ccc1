import { REDACTED } from '../secret.ts';
import type { RepoFacts, WarningFact } from './facts.ts';

type Known = Omit<RepoFacts, 'warnings'>;

/** Trouble that follows from the facts themselves. */
export function judgeFacts(facts: Known): WarningFact[] {
  return [
    ...lockfile(facts),
    ...localhost(facts),
    ...secretsInConfig(facts),
    ...openApi(facts),
    ...deadVariables(facts),
    ...dotEnv(facts),
    ...mixedEndpoints(facts),
  ];
}

function lockfile({ lockfile }: Known): WarningFact[] {
  if (lockfile === 'ignored')
    return [
      {
        code: 'lockfile-ignored',
        message: 'git ignores Cargo.lock: every build may use other versions of the dependencies',
      },
    ];
  return lockfile === 'absent'
    ? [
        {
          code: 'lockfile-absent',
          message: 'there is no Cargo.lock: every build may use other versions of the dependencies',
        },
      ]
    : [];
}

const LOOPBACK = /^(?:127\.0\.0\.1|localhost|::1)$/;

function localhost({ ports, databases }: Known): WarningFact[] {
  const listening = ports.flatMap(({ port, host, key, evidence }) =>
    host !== undefined && LOOPBACK.test(host)
      ? [
          {
            code: 'listen-localhost',
            message: `${key ?? `port ${port}`} listens on ${host}: in a container nobody reaches it there`,
            evidence,
          },
        ]
      : [],
  );
  const connecting = databases.flatMap(({ kind, url, via, evidence }) =>
    kind === 'postgres' &&
    url !== undefined &&
    /^[^/]+\/\/(?:[^@/]*@)?(?:localhost|127\.0\.0\.1|\[::1\])(?:[:/?]|$)/.test(url)
      ? [
          {
            code: 'database-localhost',
            message: `${'env' in via ? via.env : via.configKey} looks for the database on this machine: in a container it is elsewhere`,
            evidence,
          },
        ]
      : [],
  );
  return [...listening, ...connecting];
}

function secretsInConfig({ config }: Known): WarningFact[] {
  return config.files.flatMap(({ path, values }) =>
    Object.entries(values).flatMap(([key, { value, line }]) =>
      value.includes(REDACTED)
        ? [
            {
              code: 'config-secret',
              message: `${path} holds the secret ${key} in plain text`,
              evidence: { file: path, line },
            },
          ]
        : [],
    ),
  );
}

function openApi({ apiLogin, routes }: Known): WarningFact[] {
  const changes = routes.find(({ mounted, method }) => mounted && method !== 'GET' && method !== 'HEAD');
  const shown = changes ?? routes.find(({ mounted }) => mounted);
  if (apiLogin || shown === undefined) return [];
  const can = changes ? 'change things' : 'read everything';
  return [
    {
      code: 'api-without-login',
      message: `the web API has no login: whoever reaches it can ${can}`,
      evidence: shown.evidence,
    },
  ];
}

function deadVariables({ env }: Known): WarningFact[] {
  return env
    .filter(({ dead }) => dead)
    .map(({ name, evidence }) => ({
      code: 'env-dead',
      message: `${name} is read only by code that nothing calls`,
      evidence,
    }));
}

function dotEnv({ existing }: Known): WarningFact[] {
  return existing.includes('.env')
    ? [
        {
          code: 'dotenv-present',
          message: '.env is in the repository folder: it must stay out of git and of images',
          evidence: { file: '.env', line: 1 },
        },
      ]
    : [];
}

/** Only what is set counts: code that knows both networks and chooses is no mixture. */
function mixedEndpoints({ endpoints, config, env }: Known): WarningFact[] {
  const set = new Set([
    ...config.files.flatMap(({ values }) => Object.values(values).map(({ value }) => value)),
    ...env.filter(({ dead }) => !dead).map((fact) => fact.default),
  ]);
  const chosen = endpoints.filter(({ url }) => set.has(url));
  const live = chosen.find(({ testnet }) => !testnet);
  const test = chosen.find(({ testnet }) => testnet);
  if (live === undefined || test === undefined) return [];
  return [
    {
      code: 'endpoints-mixed',
      message: `${test.url} is a test network and ${live.url} is not: one system, two worlds`,
      evidence: live.evidence,
    },
  ];
}
