import { healthWords } from '../stack/health-words.ts';
import type { Health, Stack } from '../stack/schema.ts';
import { account, existingData, existingDatabase, NOTHING_SEEN, type Seen } from './before.ts';
import { choice, number, numberOr, text, words } from './build.ts';
import { endpointQuestions } from './endpoints.ts';
import { evolvedQuestions } from './evolved.ts';
import { instances } from './instances.ts';
import type { Question } from './question.ts';
import { strategyQuestions } from './strategy.ts';
import { variableQuestions } from './variables.ts';

const PORT = 'a number from 1 to 65535';
const IMAGE = 'a name with an exact tag, e.g. debian:13.1-slim';
const PATHS = 'paths in the repository, with blanks between';

function repository(stack: Stack, seen: Seen): readonly Question[] {
  return [
    text({
      path: 'name',
      section: 'Repository',
      title: 'Name',
      help: 'Shown on screens and as the realm of the login.',
      form: 'lower-case letters, digits and dashes',
    }),
    choice(
      {
        path: 'mode',
        section: 'Repository',
        title: 'Mode',
        help: 'LIVE trades with real money: a person has to confirm the first start.',
      },
      [
        { value: 'paper', label: 'PAPER', hint: 'test network, or no key that can place orders' },
        { value: 'live', label: 'LIVE', hint: 'real money' },
      ],
    ),
    ...account(stack, seen),
  ];
}

function service(stack: Stack, name: string, first: boolean): readonly Question[] {
  const path = `services.${name}`;
  const base = { section: 'Services' } as const;
  const program = words({
    ...base,
    path: `${path}.args`,
    title: first ? 'Daemon' : name,
    help: `Arguments of ${stack.services[name]?.binary ?? ''} in this container.`,
    form: 'the words after the program, as on a command line',
  });
  const health: Question = {
    ...text({
      ...base,
      path: `${path}.health`,
      title: 'healthy when',
      help: 'The strongest proof the program offers.',
      form: 'http 8080 /health, tcp 8080, or process 10 (it has been up for 10 s)',
    }),
    // validated by the schema before it is shown
    show: (value) => healthWords(value as Health),
    edit: (value) => Object.values(value as Health).join(' '),
    parse: parseHealth,
  };
  const grace = text({
    ...base,
    path: `${path}.stopGrace`,
    title: 'time to stop',
    help: 'After SIGTERM the program has this long before it is killed.',
    form: 'seconds or minutes: 30s, 2m',
  });
  return [program, health, ...(first ? [grace] : []), ...existingData(stack, name)];
}

/** `http 8080 /health`, `tcp 8080` or `process 10`. */
function parseHealth(typed: string) {
  const [kind = '', argument = '', path = ''] = typed.trim().split(/\s+/);
  if (kind === 'http') return { kind, port: numberOr(argument), path };
  if (kind === 'tcp') return { kind, port: numberOr(argument) };
  return { kind, seconds: numberOr(argument) };
}

function terminal(stack: Stack): readonly Question[] {
  const { binary, args = [], environment = {} } = stack.tui;
  if (binary === undefined) return [];
  const means = (access: string) => ({
    access,
    binary,
    args,
    environment,
  });
  return [
    choice(
      { path: 'tui', section: 'Services', title: 'Terminal', help: 'How the terminal program is reached.' },
      [
        { value: 'browser', label: 'in the browser', hint: 'behind the login', means: means('browser') },
        { value: 'exec', label: 'docker compose exec', hint: 'on the host only', means: means('exec') },
        { value: 'none', label: 'not at all', hint: 'it is in the image and not started', means: means('none') },
      ],
      () => stack.tui.access,
    ),
  ];
}

function ports(stack: Stack): readonly Question[] {
  const { api } = stack.ports;
  const further = Object.keys(api?.instances ?? {});
  const base = { section: 'Ports' } as const;
  return [
    ...(api
      ? [
          number({ ...base, path: 'ports.api.host', title: 'Web API', help: 'Port on this machine.', form: PORT }),
          ...further.map((name) =>
            number({
              ...base,
              path: `ports.api.instances.${name}`,
              title: `Web API, ${name}`,
              help: `Port on this machine of the web API of ${name}.`,
              form: PORT,
            }),
          ),
          choice({ ...base, path: 'ports.api.via', title: 'Web API through', help: 'Who can reach it.' }, [
            { value: 'gate', label: 'the login', hint: 'recommended: it can start and stop trading' },
            {
              value: 'direct',
              label: 'no login',
              hint: 'every program and every user of this machine can trade with it',
            },
          ]),
        ]
      : []),
    ...(stack.tui.access === 'browser'
      ? [number({ ...base, path: 'ports.tui', title: 'Terminal', help: 'Port on this machine.', form: PORT })]
      : []),
    text({
      ...base,
      path: 'ports.bind',
      title: 'Listen on',
      help: '127.0.0.1 is this machine only; others reach it with ssh -L. Ports that Docker publishes pass host firewalls such as UFW.',
      form: 'an address of this machine',
    }),
  ];
}

function database(stack: Stack): readonly Question[] {
  if (stack.database.kind === 'none') return [];
  const base = { section: 'Database' } as const;
  return [
    text({ ...base, path: 'database.image', title: 'Image', help: 'An exact tag.', form: IMAGE }),
    text({ ...base, path: 'database.name', title: 'Database', help: 'Made on the first start.' }),
    words({
      ...base,
      path: 'database.migrations',
      title: 'SQL files',
      help: 'Applied in this order, each once.',
      form: PATHS,
    }),
    text({
      ...base,
      path: 'database.memory',
      title: 'Memory',
      help: 'Its limit, and what it is tuned for.',
      form: '512MB, 4GB',
    }),
    existingDatabase(stack),
  ];
}

function build(stack: Stack): readonly Question[] {
  const base = { section: 'Build' } as const;
  return [
    ...strategyQuestions(stack),
    text({ ...base, path: 'build.rustImage', title: 'Toolchain', help: 'The image that compiles.', form: IMAGE }),
    text({
      ...base,
      path: 'build.runtimeImage',
      title: 'Runtime',
      help: 'The image that runs; the same Debian release as the toolchain.',
      form: IMAGE,
    }),
    choice(
      {
        ...base,
        path: 'build.locked',
        title: 'Cargo.lock',
        help: 'A tracked lock file builds the same versions everywhere.',
      },
      [
        { value: 'true', label: 'as it is', hint: 'the build fails if it does not fit', means: true },
        { value: 'false', label: 'may be updated', hint: 'for a lock file that git does not track', means: false },
      ],
      () => String(stack.build.locked),
    ),
    words({
      ...base,
      path: 'build.assets',
      title: 'Files in the image',
      help: 'What the program reads while it runs.',
      form: PATHS,
    }),
  ];
}

function secrets(stack: Stack): readonly Question[] {
  const base = { section: 'Secrets' } as const;
  return [
    choice({ ...base, path: 'secrets.store', title: 'Kept in', help: 'Values are never in the repository.' }, [
      { value: 'keychain', label: 'the keychain of this system', hint: 'unlocked with your session' },
      { value: 'vault', label: 'an encrypted vault', hint: 'for machines without a keychain' },
    ]),
    ...(stack.secrets.store === 'vault'
      ? [
          choice(
            {
              ...base,
              path: 'secrets.unlock',
              title: 'Vault opened by',
              help: 'A key file is as safe as the disk that it is on.',
            },
            [
              { value: 'passphrase', label: 'a passphrase', hint: 'asked for when a value is needed' },
              {
                value: 'key-file',
                label: 'a key file',
                hint: 'where nobody can be asked; whoever reads it opens the vault',
              },
            ],
          ),
        ]
      : []),
    text({ ...base, path: 'secrets.gateUser', title: 'Login name', help: 'For the web API and the terminal.' }),
  ];
}

/** Every line of the review for a stack, in order; secrets themselves are added by the flow. */
export function questionsOf(stack: Stack, seen: Seen = NOTHING_SEEN): readonly Question[] {
  const names = Object.keys(stack.services);
  return [
    ...repository(stack, seen),
    ...(seen.evolution ? evolvedQuestions(stack, seen.evolution) : []),
    ...instances(stack),
    ...names.flatMap((name, index) => [
      ...service(stack, name, index === 0),
      ...variableQuestions(stack, name),
      ...endpointQuestions(name, seen.endpoints ?? [], stack.services[name]?.required),
    ]),
    ...terminal(stack),
    ...ports(stack),
    ...database(stack),
    ...build(stack),
    ...secrets(stack),
  ];
}
