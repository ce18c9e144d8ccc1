import { describe, expect, it } from 'vitest';
import { codes, factsOf } from './repository.ts';

const routes = async (code: string, files = {}) =>
  (await factsOf(`use axum::Router;\n${code}`, files)).routes.map(
    ({ method, path, mounted }) => `${method} ${path}${mounted ? '' : ' -'}`,
  );

describe('routes', () => {
  it.each([
    ['several methods', 'fn main() { Router::new().route("/a", get(x).post(y)); }', ['GET /a', 'POST /a']],
    [
      'a path of the routing module',
      'fn main() { Router::new().route("/a", axum::routing::delete(x)); }',
      ['DELETE /a'],
    ],
    [
      'a closure with calls of its own',
      'fn main() { Router::new().route("/a", get(|| async { b.get(1) })); }',
      ['GET /a'],
    ],
    ['nested inline', 'fn main() { Router::new().nest("/v1", Router::new().route("/a", get(x))); }', ['GET /v1/a']],
    [
      'nested by a function',
      'fn sub() -> Router { Router::new().route("/", get(x)) } fn main() { Router::new().nest("/v1", sub()); }',
      ['GET /v1'],
    ],
    [
      'merged',
      'fn sub() -> Router { Router::new().route("/a", get(x)) } fn main() { Router::new().merge(sub()); }',
      ['GET /a'],
    ],
    ['dead', 'fn sub() -> Router { Router::new().route("/a", get(x)) } fn main() {}', ['GET /a -']],
    ['in a comment', 'fn main() { /* Router::new().route("/a", get(x)) */ }', []],
  ])('%s', async (_, code, expected) => expect(await routes(code)).toEqual(expected));

  it('keeps two functions of one name in two modules apart', async () => {
    const module = (path: string) =>
      `use axum::Router; pub fn router() -> Router { Router::new().route("${path}", get(x)) }`;
    const found = await routes(
      'mod bots; mod data; fn main() { Router::new().nest("/b", bots::router()).nest("/d", data::router()); }',
      {
        'src/bots.rs': module('/one'),
        'src/data.rs': module('/two'),
      },
    );
    expect(found).toEqual(['GET /b/one', 'GET /d/two']);
  });
});

describe('login', () => {
  it.each([
    ['middleware::from_fn(require_auth)', true],
    ['middleware::from_fn_with_state(state.clone(), auth::check)', true],
    ['headers.get(AUTHORIZATION)', true],
    ['headers.get("authorization")', true],
    ['client.get(url).header("Authorization", t)', false],
    ['CorsLayer::new().allow_headers([AUTHORIZATION])', false],
    ['middleware::from_fn(log_requests)', false],
  ])('%s', async (code, expected) => {
    const facts = await factsOf(`use axum::Router;\nfn main() { Router::new().route("/a", post(x)); ${code}; }`);
    expect(facts.apiLogin).toBe(expected);
    expect(codes(facts).includes('api-without-login')).toBe(!expected);
  });

  it('does not count where nothing calls it', async () => {
    const { apiLogin } = await factsOf('use axum::Router;\nfn old() { headers.get(AUTHORIZATION); }\nfn main() {}');
    expect(apiLogin).toBe(false);
  });
});

describe('ports', () => {
  it.each([
    ['TcpListener::bind("0.0.0.0:3000")', { port: 3000, host: '0.0.0.0' }],
    ['SocketAddr::from(([127, 0, 0, 1], 3001))', { port: 3001, host: '127.0.0.1' }],
    ['Server { port: 3002 }', { port: 3002 }],
    ['env::var("SERVER_PORT").unwrap_or("3003".into())', { port: 3003 }],
  ])('%s', async (code, expected) => {
    const { ports } = await factsOf(`fn main() { ${code}; }`);
    expect(ports).toMatchObject([expected]);
  });

  it('reads sections that listen and skips those that connect', async () => {
    const { ports } = await factsOf('fn main() {}', {
      'config/app.toml':
        '[api]\nbind = "0.0.0.0"\nport = 8081\n[database]\nhost = "localhost"\nport = 5433\n[metrics]\nlisten = "127.0.0.1:9100"\n',
    });
    expect(ports.map(({ port, host, key }) => [port, host, key])).toEqual([
      [8081, '0.0.0.0', 'api.port'],
      [9100, '127.0.0.1', 'metrics.listen'],
    ]);
  });
});

describe('a port', () => {
  it.each([
    ['SocketAddr::from((Ipv4Addr::LOCALHOST, 4444))', '127.0.0.1'],
    ['SocketAddr::from((std::net::Ipv4Addr::UNSPECIFIED, 4_444))', '0.0.0.0'],
    ['SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 4444)', '127.0.0.1'],
    ['SocketAddr::new(Ipv6Addr::UNSPECIFIED.into(), 4444)', '::'],
  ])('may stand beside the name of an address: %s', async (code, host) => {
    const { ports } = await factsOf(`fn main() { TcpListener::bind(${code}); loop {} }`);
    expect(ports).toMatchObject([{ port: 4444, host }]);
  });

  it('of another config file is told with its address', async () => {
    const { ports } = await factsOf('fn main() { bind(&config.http.address); }', {
      'config/default.toml': '[http]\naddress = "127.0.0.1:5000"\n',
      'config/production.toml': '[http]\naddress = "0.0.0.0:5000"\n',
    });
    expect(ports).toMatchObject([{ port: 5000, host: '127.0.0.1', over: [{ value: '0.0.0.0:5000' }] }]);
  });
});

describe('endpoints', () => {
  it('knows test networks, and warns where both are set', async () => {
    const facts = await factsOf('fn main() { get("https://github.com/x"); get("https://paper-api.alpaca.markets"); }', {
      'config/app.toml': 'a = "https://api.hyperliquid.xyz"\nb = "wss://api.hyperliquid-testnet.xyz/ws"\n',
    });
    expect(facts.endpoints.map(({ url, testnet }) => [url, testnet])).toEqual([
      ['https://api.hyperliquid.xyz', false],
      ['wss://api.hyperliquid-testnet.xyz/ws', true],
      ['https://paper-api.alpaca.markets', true],
    ]);
    expect(codes(facts)).toContain('endpoints-mixed');
  });

  it('does not take code that knows both networks for a mixture', async () => {
    const facts = await factsOf(
      'fn main() { if t { "https://api.hyperliquid-testnet.xyz" } else { "https://api.hyperliquid.xyz" }; }',
    );
    expect(facts.endpoints).toHaveLength(2);
    expect(codes(facts)).not.toContain('endpoints-mixed');
  });
});
