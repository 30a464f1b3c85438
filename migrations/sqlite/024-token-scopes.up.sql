-- JSON array; NULL is full access.
ALTER TABLE api_tokens ADD COLUMN scopes TEXT;
