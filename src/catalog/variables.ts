/** Variables that libraries and the system read without being named by the program. */
const OF_LIBRARIES =
  /^(?:RUST_(?:LOG|BACKTRACE|LIB_BACKTRACE|MIN_STACK)|RUSTFLAGS|NO_COLOR|CLICOLOR(?:_FORCE)?|COLORTERM|TERM|TZ|LANG|LC_\w+|HOME|PATH|USER|HOSTNAME|PWD|TMPDIR|(?:HTTPS?|ALL|NO|https?|all|no)_(?:PROXY|proxy)|SSL_CERT_(?:FILE|DIR)|TOKIO_\w+|RAYON_NUM_THREADS|MALLOC_\w+|OTEL_\w+|AWS_\w+|GOOGLE_\w+|PG(?:HOST|PORT|USER|PASSWORD|DATABASE|SSLMODE|PASSFILE)|SQLX_\w+|CARGO_\w+|COMPOSE_\w+|DOCKER_\w+|ROCKET_\w+)$/;

/** Whether a variable has a reader even if the program does not name it. */
export function isReadByLibraries(name: string): boolean {
  return OF_LIBRARIES.test(name);
}
