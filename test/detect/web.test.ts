import { describe, expect, it } from 'vitest';
import { codes, factsOf } from './repository.ts';

const routes = async (code: string) =>
  (await factsOf(code)).routes.map(({ method, path, mounted }) => `${method} ${path}${mounted ? '' : ' -'}`);

describe('routes of axum', () => {
  it.each([
    [
      'a method router in a variable',
      'let bots = get(list).post(add); Router::new().route("/bots", bots);',
      ['GET /bots', 'POST /bots'],
    ],
    ['a service', 'Router::new().route_service("/ws", ws);', ['ANY /ws']],
    ['a folder of files', 'Router::new().nest_service("/static", ServeDir::new("x")).route("/a", get(x));', ['GET /a']],
    [
      'a router in a variable',
      'let api = Router::new().route("/a", get(x)); Router::new().nest("/v1", api);',
      ['GET /v1/a'],
    ],
  ])('%s', async (_, body, expected) => {
    expect(await routes(`use axum::Router;\nfn main() { ${body} }`)).toEqual(expected);
  });
});

describe('routes of actix-web', () => {
  it('are said by handlers that a scope mounts', async () => {
    const code = `use actix_web::{get, post, web, App};
      #[get("/bots/{id}")] async fn bot() {}
      #[post("/bots")]
      async fn add() {}
      #[get("/old")] async fn old() {}
      fn main() { App::new().service(web::scope("/api").service(bot).service(web::scope("/v1").service(add))); }`;
    expect(await routes(code)).toEqual(['GET /api/bots/{id}', 'POST /api/v1/bots', 'GET /old -']);
  });

  it('are resources and routes', async () => {
    const code = `use actix_web::{web, App};
      fn main() { App::new().route("/a", web::get().to(x)).service(web::resource("/b").route(web::get().to(x)).route(web::delete().to(y)))
        .service(web::scope("/c").route("/d", web::put().to(x))); }`;
    expect(await routes(code)).toEqual(['GET /a', 'GET /b', 'DELETE /b', 'PUT /c/d']);
  });
});

describe('routes of others', () => {
  it('are mounted by Rocket', async () => {
    const code = `#[macro_use] extern crate rocket;
      #[get("/bots?<page>")] fn bots() {}
      #[launch] fn rocket() -> _ { rocket::build().mount("/api", routes![bots, missing]) }`;
    expect((await factsOf(code)).routes).toMatchObject([{ method: 'GET', path: '/api/bots' }]);
  });

  it('are paths of warp', async () => {
    const code = `fn main() { let a = warp::path!("api" / "bots" / u32).and(warp::get()); let h = warp::path("health").map(|| "ok"); warp::serve(a.or(h)); }`;
    expect(await routes(code)).toEqual(['GET /api/bots/{}', 'ANY /health']);
  });
});

describe('a health route', () => {
  it.each([
    ['/health', true],
    ['/api/healthz', true],
    ['/readyz', true],
    ['/status', true],
    ['/healthy-bots', false],
    ['/bots', false],
  ])('%s: %s', async (path, health) => {
    const facts = await factsOf(`use axum::Router;\nfn main() { Router::new().route("${path}", get(x)); }`);
    expect(facts.routes[0]?.health).toBe(health);
  });

  it('is none that is posted to', async () => {
    const facts = await factsOf('use axum::Router;\nfn main() { Router::new().route("/health", post(x)); }');
    expect(facts.routes[0]?.health).toBe(false);
  });
});

describe('pages of any origin', () => {
  it.each([
    ['CorsLayer::permissive()', true],
    ['CorsLayer::very_permissive()', true],
    ['CorsLayer::new().allow_origin(Any)', true],
    ['CorsLayer::new().allow_origin(tower_http::cors::Any)', true],
    ['CorsLayer::new().allow_origin("*".parse().unwrap())', true],
    ['Cors::permissive()', true],
    ['warp::cors().allow_any_origin()', true],
    ['CorsLayer::new().allow_origin("https://desk.example".parse().unwrap())', false],
    ['CorsLayer::new().allow_methods(Any)', false],
  ])('%s: %s', async (code, expected) => {
    expect(codes(await factsOf(`fn main() { ${code}; }`)).includes('cors-any-origin')).toBe(expected);
  });

  it('do not count where nothing calls it', async () => {
    expect(codes(await factsOf('fn old() { CorsLayer::permissive(); }\nfn main() {}'))).not.toContain(
      'cors-any-origin',
    );
  });
});

describe('the listen address', () => {
  const port = async (code: string, files = {}) => (await factsOf(code, files)).ports[0];
  it.each([
    [
      'an address by variable',
      'std::env::var("SERVER_ADDR").unwrap_or("127.0.0.1:8080".into());',
      { port: 8080, host: '127.0.0.1', listen: { by: 'env', name: 'SERVER_ADDR', holds: 'address' } },
    ],
    [
      'a host beside a port',
      'std::env::var("HOST").unwrap_or("127.0.0.1".into()); std::env::var("PORT").unwrap_or("3000".into());',
      { port: 3000, host: '127.0.0.1', listen: { by: 'env', name: 'HOST', holds: 'host' } },
    ],
    [
      'the host of the same words',
      'std::env::var("API_HOST").unwrap_or("localhost".into()); std::env::var("WEB_HOST").unwrap_or("0.0.0.0".into()); std::env::var("API_PORT").unwrap_or("3000".into());',
      { port: 3000, host: 'localhost', listen: { name: 'API_HOST' } },
    ],
    [
      'one that the code fixes',
      'let p = std::env::var("PORT").unwrap_or("3000".into()); TcpListener::bind(format!("127.0.0.1:{}", p));',
      { port: 3000, host: '127.0.0.1' },
    ],
  ])('is known: %s', async (_, code, expected) => {
    expect(await port(`fn main() { ${code} }`)).toMatchObject(expected);
  });

  it.each([
    [
      '#[arg(long, default_value = "127.0.0.1:9000")] bind: SocketAddr',
      { port: 9000, listen: { by: 'flag', name: '--bind', holds: 'address', first: true } },
    ],
    [
      '#[arg(long, default_value = "localhost")] host: String, #[arg(long, default_value_t = 8081)] port: u16',
      { port: 8081, host: 'localhost', listen: { by: 'flag', name: '--host', holds: 'host' } },
    ],
    [
      '#[arg(long, env, default_value = "127.0.0.1:9000")] bind: SocketAddr',
      { port: 9000, listen: { by: 'env', name: 'BIND', holds: 'address' } },
    ],
  ])('is a flag: %s', async (fields, expected) => {
    expect(await port(`#[derive(Parser)] struct Cli { ${fields} }\nfn main() { Cli::parse(); }`)).toMatchObject(
      expected,
    );
  });

  it('of a config file beats the default of the code, which is remembered', async () => {
    const facts = await factsOf('fn default_port() -> u16 { 3000 }\nfn main() { default_port(); }', {
      'config/default.toml': '[server]\nbind = "127.0.0.1"\nport = 8080\n',
      'config/production.toml': '[server]\nport = 80\n',
    });
    expect(facts.ports).toHaveLength(1);
    expect(facts.ports[0]).toMatchObject({ port: 8080, listen: { by: 'key', name: 'server.bind', holds: 'host' } });
    expect(facts.ports[0]?.over.map(({ value, evidence }) => [value, evidence?.file])).toEqual([
      ['80', 'config/production.toml'],
      ['3000', 'src/main.rs'],
    ]);
    expect(codes(facts)).toContain('listen-localhost');
  });
});
