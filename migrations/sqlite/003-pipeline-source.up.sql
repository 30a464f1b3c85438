-- server, chengisfile, yaml or file.
ALTER TABLE builds ADD COLUMN pipeline_source TEXT NOT NULL DEFAULT 'server';
