import { REDACTED } from '../secret.ts';
import { databaseKey } from './databases.ts';
import type { RepoFacts, WarningFact } from './facts.ts';
import { committedSecrets, dotEnvFiles } from './git/committed.ts';
import type { LockFact } from './git/lock.ts';
import { missingSubmodules } from './git/submodules.ts';
import type { Workspace } from './workspace.ts';

type Known = Omit<RepoFacts, 'warnings'>;

/** Trouble that follows from the facts themselves. */
export function judgeFacts(facts: Known): WarningFact[] {
  return [
    ...localhost(facts),
    ...secretsInConfig(facts),
    ...openApi(facts),
    ...deadVariables(facts),
    ...mixedEndpoints(facts),
  ];
}

/** Trouble with git and with what lies in the folder. */
export function judgeRepository(workspace: Workspace, lockPath: string): WarningFact[] {
  return [
    ...lockfile(workspace, lockPath),
    ...missingSubmodules(workspace),
    ...committedSecrets(workspace),
    ...dotEnvFiles(workspace),
  ];
}

/** `file` is Cargo.lock in the folder where the build starts. */
function lockfile(workspace: Workspace, file: string): WarningFact[] {
  const { state, reason, exists, listed } = workspace.lockFact(file);
  const evidence = reason.evidence && { evidence: reason.evidence };
  if (state === 'ignored')
    return [
      {
        code: 'lockfile-ignored',
        message: `git ignores ${file}: every build may use other versions of the dependencies`,
        ...evidence,
      },
    ];
  if (state === 'absent') return [absentLock(file, listed)];
  return exists && !listed && workspace.git.present
    ? [
        {
          code: 'lockfile-untracked',
          message: `${file} is not committed yet: another clone may build with other versions. Run git add ${file}`,
          ...evidence,
        },
      ]
    : [];
}

function absentLock(file: string, listed: LockFact['listed']): WarningFact {
  return listed
    ? {
        code: 'lockfile-absent',
        message: `git tracks ${file}, but it is not in the folder. Run git checkout -- ${file}`,
      }
    : {
        code: 'lockfile-absent',
        message: `there is no ${file}: every build may use other versions of the dependencies`,
      };
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
            message: `${databaseKey({ via })} looks for the database on this machine: in a container it is elsewhere`,
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
