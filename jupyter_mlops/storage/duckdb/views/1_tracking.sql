CREATE VIEW memory.mlops.experiments AS
SELECT experiment_id::VARCHAR AS experiment_id, name, lifecycle_stage,
       memory.mlops.absolute(artifact_location) AS artifact_location,
       memory.mlops.utc(creation_time) AS creation_time, memory.mlops.utc(last_update_time) AS last_update_time
FROM store.experiments;

CREATE VIEW memory.mlops.experiment_tags AS
SELECT experiment_id::VARCHAR AS experiment_id, key, value FROM store.experiment_tags;

CREATE VIEW memory.mlops.runs AS
SELECT run_id, run_name, r.experiment_id::VARCHAR AS experiment_id, e.name AS experiment_name, status, user_id,
       memory.mlops.utc(start_time) AS start_time, memory.mlops.utc(end_time) AS end_time,
       (end_time - start_time) / 1000 AS duration_s,
       r.lifecycle_stage, memory.mlops.utc(deleted_time) AS deleted_time,
       memory.mlops.absolute(artifact_uri) AS artifact_uri
FROM store.runs r JOIN store.experiments e USING (experiment_id);

CREATE VIEW memory.mlops.params AS
SELECT run_id, key, value, memory.mlops.utc(timestamp) AS timestamp FROM store.params JOIN store.runs USING (rid);

CREATE VIEW memory.mlops.tags AS
SELECT run_id, key, value, memory.mlops.utc(timestamp) AS timestamp FROM store.tags JOIN store.runs USING (rid);

-- DISTINCT above the join: a question about one run then reads that run alone.
CREATE VIEW memory.mlops.metrics AS
SELECT run_id, key, value, memory.mlops.utc(timestamp) AS timestamp, step
FROM (SELECT DISTINCT rid, run_id, key, value, timestamp, step FROM store.metrics JOIN store.runs USING (rid));

CREATE VIEW memory.mlops.latest_metrics AS
SELECT run_id, key, value, memory.mlops.utc(timestamp) AS timestamp, step, min, min_step, max, max_step,
       first, memory.mlops.utc(first_timestamp) AS first_timestamp, first_step, count
FROM store.latest_metrics JOIN store.runs USING (rid);

CREATE VIEW memory.mlops.datasets AS
SELECT did AS dataset_id, experiment_id::VARCHAR AS experiment_id, name, digest, source_type, source, schema, profile
FROM store.datasets;

CREATE VIEW memory.mlops.inputs AS
SELECT run_id, did AS dataset_id, d.name, d.digest, t.value AS context
FROM store.inputs i JOIN store.runs USING (rid) JOIN store.datasets d USING (did)
LEFT JOIN store.input_tags t ON t.rid = i.rid AND t.did = i.did AND t.key = 'mlflow.data.context';

CREATE VIEW memory.mlops.input_tags AS
SELECT run_id, did AS dataset_id, key, value FROM store.input_tags JOIN store.runs USING (rid);

CREATE VIEW memory.mlops.conflicts AS
SELECT run_id, key, kept, refused, memory.mlops.utc(timestamp) AS timestamp
FROM store.conflicts JOIN store.runs USING (rid);

CREATE VIEW memory.mlops.rejected AS
SELECT run_id, kind, reason, memory.mlops.utc(nullif(timestamp, 0)) AS timestamp, record FROM store.rejected;
