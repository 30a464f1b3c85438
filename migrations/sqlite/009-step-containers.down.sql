ALTER TABLE build_steps DROP COLUMN container_id;
ALTER TABLE build_steps DROP COLUMN container_image;
