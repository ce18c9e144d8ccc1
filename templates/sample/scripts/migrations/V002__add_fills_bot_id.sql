-- Fills from before this column belong to no known bot.
ALTER TABLE fills ADD COLUMN bot_id TEXT;
