ALTER TABLE build_steps ADD COLUMN container_image TEXT;
ALTER TABLE build_steps ADD COLUMN container_id TEXT;
