-- Times are UTC milliseconds since the Unix epoch. Locations without a scheme or leading slash are relative to the
-- store's folder. `change` is the number of the transaction that last touched the row. No primary keys on the tables
-- that folds fill: uniqueness is kept by the fold, and an index would cost more than it finds.

CREATE TABLE meta (key VARCHAR, value VARCHAR);
CREATE TABLE applied (segment VARCHAR, "offset" BIGINT, records BIGINT);

CREATE TABLE experiments (
    experiment_id BIGINT PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, artifact_location VARCHAR NOT NULL,
    lifecycle_stage VARCHAR NOT NULL, creation_time BIGINT, last_update_time BIGINT, change BIGINT);
CREATE TABLE experiment_tags (experiment_id BIGINT, key VARCHAR, value VARCHAR);

CREATE TABLE runs (
    rid BIGINT NOT NULL, run_id VARCHAR NOT NULL, experiment_id BIGINT NOT NULL, run_name VARCHAR, user_id VARCHAR,
    status VARCHAR NOT NULL, status_time BIGINT NOT NULL, start_time BIGINT, end_time BIGINT, last_record_time BIGINT,
    reaped BOOLEAN NOT NULL DEFAULT false, lifecycle_stage VARCHAR NOT NULL, deleted_time BIGINT, artifact_uri VARCHAR NOT NULL, change BIGINT);
CREATE TABLE run_owners (rid BIGINT, writer VARCHAR);
CREATE TABLE params (rid BIGINT, key VARCHAR, value VARCHAR, timestamp BIGINT);
CREATE TABLE tags (rid BIGINT, key VARCHAR, value VARCHAR, timestamp BIGINT);
CREATE TABLE metrics (rid BIGINT, key VARCHAR, value DOUBLE, timestamp BIGINT, step BIGINT);
CREATE TABLE latest_metrics (
    rid BIGINT, key VARCHAR, value DOUBLE, timestamp BIGINT, step BIGINT,
    min DOUBLE, min_step BIGINT, max DOUBLE, max_step BIGINT,
    first DOUBLE, first_timestamp BIGINT, first_step BIGINT, count BIGINT);
CREATE TABLE conflicts (rid BIGINT, key VARCHAR, kept VARCHAR, refused VARCHAR, timestamp BIGINT, change BIGINT);
CREATE TABLE rejected (run_id VARCHAR, kind INTEGER, reason VARCHAR, timestamp BIGINT, record BLOB, change BIGINT);

CREATE TABLE datasets (
    did BIGINT PRIMARY KEY, experiment_id BIGINT, name VARCHAR, digest VARCHAR, source_type VARCHAR, source VARCHAR,
    schema VARCHAR, profile VARCHAR);
CREATE TABLE inputs (rid BIGINT, did BIGINT);
CREATE TABLE input_tags (rid BIGINT, did BIGINT, key VARCHAR, value VARCHAR);
CREATE TABLE logged_models (
    model_id VARCHAR PRIMARY KEY, experiment_id BIGINT, rid BIGINT, name VARCHAR, artifact_location VARCHAR,
    status VARCHAR, creation_time BIGINT, last_update_time BIGINT, change BIGINT);

CREATE TABLE registered_models (
    mid BIGINT PRIMARY KEY, name VARCHAR NOT NULL UNIQUE, description VARCHAR,
    creation_time BIGINT, last_update_time BIGINT, change BIGINT);
CREATE TABLE registered_model_tags (mid BIGINT, key VARCHAR, value VARCHAR);
CREATE TABLE model_versions (
    mid BIGINT NOT NULL, version BIGINT NOT NULL, description VARCHAR, user_id VARCHAR, stage VARCHAR NOT NULL,
    source VARCHAR, run_id VARCHAR, run_link VARCHAR, status VARCHAR NOT NULL, status_message VARCHAR,
    deleted BOOLEAN NOT NULL DEFAULT false, creation_time BIGINT, last_update_time BIGINT, change BIGINT,
    PRIMARY KEY (mid, version));
CREATE TABLE model_version_tags (mid BIGINT, version BIGINT, key VARCHAR, value VARCHAR);
CREATE TABLE model_aliases (mid BIGINT, alias VARCHAR, version BIGINT);

CREATE TABLE tombstones (kind VARCHAR, id VARCHAR, change BIGINT);
CREATE TABLE audit (
    change BIGINT, time BIGINT, who VARCHAR, action VARCHAR, kind VARCHAR, name VARCHAR, version BIGINT, detail VARCHAR);
