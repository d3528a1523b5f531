-- What was brought from another tracker, so that an import can be repeated: by source and its id of a thing, what it is
-- here (number of an experiment or model, else NULL) and a digest of what was taken. Older versions of the package need
-- not know this table.

CREATE TABLE imports (
    source VARCHAR, kind VARCHAR, id VARCHAR, target BIGINT, digest VARCHAR, time BIGINT, change BIGINT);
