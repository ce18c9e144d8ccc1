const INFO = { ServerVersion: '29.0.0', OSType: 'linux', Architecture: 'x86_64', NCPU: 4, MemTotal: 8e9 };

/** What an engine that is there and new enough answers, for a fake runner. */
export const ENGINE = {
  'docker version': { stdout: '{}' },
  'docker info': { stdout: JSON.stringify(INFO) },
  'docker context inspect': { stdout: JSON.stringify({ Name: 'default', Endpoints: {} }) },
  'docker compose version': { stdout: '2.40.0' },
  'docker buildx version': { stdout: 'github.com/docker/buildx v0.30.0 x' },
};
