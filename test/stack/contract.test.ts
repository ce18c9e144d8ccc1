import { describe, expect, it } from 'vitest';
import { certain } from '../../src/detect/belief.ts';
import type { RepoFacts } from '../../src/detect/facts.ts';
import { Contract, contractFindings, contractOf, givenTo, printContract } from '../../src/stack/contract.ts';
import { env, facts, POSTGRES, service, subcommand } from './facts.ts';
import { designed, factsOf, smallStack } from './stacks.ts';

const RUN = service(subcommand('run'));
const FEED = { ...service(subcommand('feed', { kind: 'worker' })), name: 'feed' };
const repo = (over: Partial<RepoFacts>): RepoFacts =>
  facts({
    binaries: [{ ...facts().binaries[0], bin: 'toy' } as RepoFacts['binaries'][number]],
    services: [{ ...RUN, binary: 'toy' }],
    ...over,
  });
const toy = (name: string, over = {}) => env(name, { readBy: ['toy'], services: ['run'], ...over });
const states = (contract: Contract) =>
  contract.flatMap(({ service: of, variables }) => variables.map(({ name, state }) => `${of} ${name} ${state}`));

describe('the contract of a repository alone', () => {
  it('says for each service what it reads', () => {
    const found = facts({
      services: [RUN, FEED],
      env: [
        env('KEY', { required: true, services: ['run'] }),
        env('LEVEL', { default: 'info', services: ['run', 'feed'] }),
        env('EXTRA', { services: ['feed'] }),
        env('OLD', { dead: true }),
      ],
    });
    expect(states(contractOf(found))).toEqual([
      'run KEY needed',
      'run LEVEL default',
      'feed LEVEL default',
      'feed EXTRA left-out',
    ]);
    expect(contractFindings(contractOf(found))).toEqual([]);
  });

  it('is a document of its schema', async () => {
    const contract = contractOf(await factsOf('templates/sample'));
    expect(Contract.parse(contract)).toEqual(contract);
    expect(contract.map(({ service: name }) => name)).toContain('run');
  });
});

describe('a variable that a service reads in its own way', () => {
  const services = [RUN, FEED];
  it('has for each service the default and the line of its own read', () => {
    const perService = [
      { service: 'run', required: false, evidence: { file: 'src/run.rs', line: 7 } },
      { service: 'feed', required: false, default: 'x', evidence: { file: 'src/feed.rs', line: 9 } },
    ];
    const found = facts({ services, env: [env('URL', { default: 'x', services: ['run', 'feed'], perService })] });
    expect(contractOf(found).map(({ variables }) => variables)).toMatchObject([
      [{ state: 'left-out', read: { file: 'src/run.rs', line: 7 } }],
      [{ state: 'default', default: 'x', read: { file: 'src/feed.rs', line: 9 } }],
    ]);
    expect(contractOf(found)[0]?.variables[0]).not.toHaveProperty('default');
  });

  it('is none of a service that does not read it', () => {
    const found = facts({ services, env: [env('ADMIN_URL', { required: true, services: [] })] });
    expect(states(contractOf(found))).toEqual([]);
  });
});

describe('the contract with a stack', () => {
  it('says what is given from where, what is missing and what nothing reads', () => {
    const stack = smallStack({ services: { app: { environment: { RUST_LOG: 'debug', TYPO: 'x' } } } });
    const found = repo({
      env: [
        toy('TOY_TOKEN', { required: true, secret: true }),
        toy('BROKER', { required: true }),
        toy('SIZE', { default: '3' }),
      ],
    });
    const contract = contractOf(found, stack);
    expect(states(contract)).toEqual([
      'app TOY_TOKEN given',
      'app BROKER missing',
      'app SIZE default',
      // Its libraries read it.
      'app RUST_LOG given',
      'app TYPO unread',
    ]);
    expect(contract[0]?.variables.map(({ from }) => from)).toEqual([
      'secret TOY_TOKEN (entered, required)',
      undefined,
      undefined,
      'debug in trading-setup.yaml',
      'x in trading-setup.yaml',
    ]);
    expect(contractFindings(contract)).toEqual([
      {
        level: 'warning',
        path: 'services.app.environment.BROKER',
        message: expect.stringContaining('--set services.app.environment.BROKER=VALUE'),
      },
      {
        level: 'warning',
        path: 'services.app.environment.TYPO',
        message: 'app is given TYPO, and nothing in its code reads it',
      },
    ]);
    expect(printContract(contract)).toContain('  BROKER: REQUIRED, and nothing gives it  (src/main.rs:1)');
  });

  it('never shows what a secret is made of as its value', () => {
    const text = printContract(contractOf(repo({ env: [toy('TOY_TOKEN', { secret: true })] }), smallStack({})));
    expect(text).toContain('secret TOY_TOKEN');
  });

  it('takes a variable for read where a prefix reads it, or a table that holds its key', () => {
    const prefix = { name: 'APP_', library: 'figment' as const, ...certain({ file: 'a', line: 1 }) };
    const stack = smallStack({ services: { app: { environment: { APP_SERVER: '{host="0.0.0.0"}', OTHER: 'x' } } } });
    expect(states(contractOf(repo({ envPrefixes: [prefix], env: [toy('TOY_TOKEN')] }), stack))).toEqual([
      'app TOY_TOKEN given',
      'app RUST_LOG given',
      'app APP_SERVER given',
      'app OTHER unread',
    ]);
  });

  it('knows nothing of a program that is not built here', () => {
    const stack = smallStack({ services: { app: { environment: { OTHER: 'x' } } } });
    expect(states(contractOf(facts(), stack))).toEqual([
      'app RUST_LOG given',
      'app OTHER given',
      'app TOY_TOKEN given',
    ]);
  });

  it('does not ask for a credential for a terminal', async () => {
    const found = facts({
      subcommands: [subcommand('run'), subcommand('watch', { kind: 'tui' })],
      env: [env('API_SECRET', { required: true, secret: true, services: ['run', 'watch'] })],
    });
    const contract = contractOf(found, designed(found));
    expect(states(contract)).toEqual(['app API_SECRET given', 'tui API_SECRET left-out']);
    expect(contractFindings(contract)).toEqual([]);
  });

  it('is kept by what is designed', async () => {
    const sample = await factsOf('templates/sample');
    expect(contractFindings(contractOf(sample, designed(sample)))).toEqual([]);
    const found = facts({ databases: [POSTGRES], env: [env('DB_URL', { required: true, secret: true })] });
    expect(contractFindings(contractOf(found, designed(found)))).toEqual([]);
  });
});

describe('what a service is given', () => {
  it('is its settings and its secrets, with the names in them', () => {
    expect(givenTo(smallStack({}), 'app')).toEqual([
      { name: 'RUST_LOG', value: 'info', secrets: [] },
      { name: 'TOY_TOKEN', value: '${TOY_TOKEN}', secrets: ['TOY_TOKEN'] },
    ]);
    expect(givenTo(smallStack({}), 'nobody')).toEqual([]);
  });
});
