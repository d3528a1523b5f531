-- The audit trail by the model's own number, so that it survives renaming and deletion, with who from where, what it was
-- and what it became; gates; and where versions are used. Lines that older versions of the package write have no mid.

ALTER TABLE audit ADD COLUMN mid BIGINT;
ALTER TABLE audit ADD COLUMN host VARCHAR;
ALTER TABLE audit ADD COLUMN notebook VARCHAR;
ALTER TABLE audit ADD COLUMN cell VARCHAR;
ALTER TABLE audit ADD COLUMN key VARCHAR;
ALTER TABLE audit ADD COLUMN before VARCHAR;
ALTER TABLE audit ADD COLUMN after VARCHAR;
ALTER TABLE audit ADD COLUMN comment VARCHAR;
ALTER TABLE audit ADD COLUMN forced BOOLEAN;
ALTER TABLE audit ADD COLUMN undoes BIGINT;

CREATE TABLE gates (
    gid BIGINT, mid BIGINT, stage VARCHAR, alias VARCHAR, rule VARCHAR, who VARCHAR, time BIGINT, change BIGINT);
CREATE TABLE model_uses (
    mid BIGINT, version BIGINT, kind VARCHAR, place VARCHAR, run_id VARCHAR, passed BOOLEAN, who VARCHAR, time BIGINT,
    change BIGINT);

-- Versions without their primary key: each write of a row would write the index of all, 0.1 s among 100,000, and the
-- next number is taken in the transaction that uses it. `location` is where the folder lay that a `models:/` source meant
-- when the version was made; NULL: the source itself says it.
CREATE TABLE keyed_model_versions AS FROM model_versions;
DROP TABLE model_versions;
CREATE TABLE model_versions (
    mid BIGINT NOT NULL, version BIGINT NOT NULL, description VARCHAR, user_id VARCHAR, stage VARCHAR NOT NULL,
    source VARCHAR, run_id VARCHAR, run_link VARCHAR, status VARCHAR NOT NULL, status_message VARCHAR,
    deleted BOOLEAN NOT NULL DEFAULT false, creation_time BIGINT, last_update_time BIGINT, change BIGINT, location VARCHAR);
INSERT INTO model_versions SELECT *, NULL FROM keyed_model_versions ORDER BY mid, version;
DROP TABLE keyed_model_versions;

-- What is known of logged models beside their first table, which older versions of the package fill by position.
CREATE TABLE logged_model_infos (model_id VARCHAR, model_type VARCHAR, deleted BOOLEAN);
CREATE TABLE logged_model_tags (model_id VARCHAR, key VARCHAR, value VARCHAR);
CREATE TABLE logged_model_params (model_id VARCHAR, key VARCHAR, value VARCHAR);
