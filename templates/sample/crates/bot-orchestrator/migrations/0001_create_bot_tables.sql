CREATE TABLE bot_configs (
    bot_id      TEXT PRIMARY KEY NOT NULL,
    config_json TEXT NOT NULL,
    -- What the bot should be doing: an enabled bot is started again with the daemon.
    enabled     INTEGER NOT NULL DEFAULT 0,
    created_at  TEXT NOT NULL,
    updated_at  TEXT NOT NULL
);

-- What the bot was doing when it last said so.
CREATE TABLE bot_runtime_state (
    bot_id         TEXT PRIMARY KEY NOT NULL REFERENCES bot_configs (bot_id) ON DELETE CASCADE,
    state          TEXT NOT NULL,
    last_heartbeat TEXT NOT NULL
);
