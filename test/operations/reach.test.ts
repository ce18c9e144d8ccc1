import { describe, expect, it } from 'vitest';
import { reachPlans } from '../../src/operations/reach.ts';
import { smallStack } from '../stack/stacks.ts';

const entry = (name: string) => ({ [name]: { kind: 'entered', required: true, format: 'any', about: name } }) as const;

function addresses(over: Parameters<typeof smallStack>[0]): readonly string[] {
  const [plan] = reachPlans(smallStack(over));
  return plan?.addresses.map(({ host, port, tls }) => `${host}:${port}${tls ? ' tls' : ''}`) ?? [];
}

describe('the addresses that a service is told', () => {
  it('are those of its settings and its arguments, each once, without its own stack and container', () => {
    expect(
      addresses({
        services: {
          app: {
            args: ['run', '--feed=wss://feed.example:9443/ws'],
            environment: {
              API_URL: 'https://api.example/v1',
              AGAIN: 'https://api.example/v2',
              PLAIN: 'http://metrics.example',
              NEAR: 'http://localhost:9000',
              LISTEN: 'http://0.0.0.0:8080',
              OURS: 'http://app:8080',
              REDIRECT_URI: 'https://somewhere.example/back',
              DATABASE_URL: 'sqlite:///data/x.db',
            },
          },
        },
      }),
    ).toEqual(['api.example:443 tls', 'metrics.example:80', 'feed.example:9443 tls']);
  });

  it('are those of who gave out its credentials, where nothing stands in their place', () => {
    const secrets = { entries: entry('SCHWAB_APP_SECRET') };
    const own = { SCHWAB_APP_SECRET: '${SCHWAB_APP_SECRET}' };
    expect(addresses({ services: { app: { secrets: own } }, secrets })).toEqual(['api.schwabapi.com:443 tls']);
    const environment = { BASE_URL: 'http://broker.example:8080' };
    expect(addresses({ services: { app: { secrets: own, environment } }, secrets })).toEqual(['broker.example:8080']);
  });

  it('are those of the real network where it is LIVE; PAPER may be a dry run there, and is not guessed', () => {
    const secrets = { entries: entry('ALPACA_API_KEY') };
    const own = { ALPACA_API_KEY: '${ALPACA_API_KEY}' };
    const live = addresses({ mode: 'live', services: { app: { secrets: own } }, secrets });
    expect(live).toEqual(['api.alpaca.markets:443 tls']);
    const environment = { DRY_RUN: 'true' };
    expect(addresses({ mode: 'paper', services: { app: { secrets: own, environment } }, secrets })).toEqual([]);
    const told = { ALPACA_HOST: 'https://paper-api.alpaca.markets' };
    expect(addresses({ mode: 'paper', services: { app: { secrets: own, environment: told } }, secrets })).toEqual([
      'paper-api.alpaca.markets:443 tls',
    ]);
  });

  it('may be hidden in a secret by its name, unless that is of the stack itself or where a browser is sent', () => {
    const isHidden = (name: string, template: string) =>
      reachPlans(smallStack({ services: { app: { secrets: { [name]: template } } } }))[0]?.hidden;
    expect(isHidden('WS_RPC_URL', '${TOY_TOKEN}')).toBe(true);
    expect(isHidden('FEED_URL', 'wss://feed.example/${TOY_TOKEN}')).toBe(true);
    expect(isHidden('DATABASE_URL', 'postgres://app:${TOY_TOKEN|url}@database/toy')).toBe(false);
    expect(isHidden('REDIRECT_URI', '${TOY_TOKEN}')).toBe(false);
    expect(isHidden('TOY_TOKEN', '${TOY_TOKEN}')).toBe(false);
  });

  it('hold no value of a secret', () => {
    const plans = reachPlans(smallStack({ services: { app: { secrets: { WS_RPC_URL: '${TOY_TOKEN}' } } } }));
    expect(JSON.stringify(plans)).not.toContain('TOY_TOKEN}');
  });
});
