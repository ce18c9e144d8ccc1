ALTER TABLE bot_runtime_state ADD COLUMN price REAL;
ALTER TABLE bot_runtime_state ADD COLUMN cash REAL;
ALTER TABLE bot_runtime_state ADD COLUMN position REAL;
