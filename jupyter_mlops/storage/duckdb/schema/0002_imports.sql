-- What was brought from another tracker, so that an import can be repeated: by source and its id of a thing, a digest of
-- what was taken. Older versions of the package need not know this table.

CREATE TABLE imports (source VARCHAR, kind VARCHAR, id VARCHAR, digest VARCHAR, time BIGINT, change BIGINT);
