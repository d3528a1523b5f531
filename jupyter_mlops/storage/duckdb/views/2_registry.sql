CREATE VIEW memory.mlops.registered_models AS
SELECT name, description, memory.mlops.utc(creation_time) AS creation_time,
       memory.mlops.utc(last_update_time) AS last_update_time
FROM store.registered_models;

CREATE VIEW memory.mlops.model_tags AS
SELECT name, key, value FROM store.registered_model_tags JOIN store.registered_models USING (mid);

CREATE VIEW memory.mlops.model_versions AS
SELECT name, version, stage, v.description, user_id, memory.mlops.absolute(source) AS source, run_id, run_link,
       status, status_message, memory.mlops.utc(v.creation_time) AS creation_time,
       memory.mlops.utc(v.last_update_time) AS last_update_time
FROM store.model_versions v JOIN store.registered_models USING (mid) WHERE NOT deleted;

CREATE VIEW memory.mlops.model_version_tags AS
SELECT name, version, key, value FROM store.model_version_tags JOIN store.registered_models USING (mid);

CREATE VIEW memory.mlops.model_aliases AS
SELECT name, alias, version FROM store.model_aliases JOIN store.registered_models USING (mid);

CREATE VIEW memory.mlops.audit AS
SELECT memory.mlops.utc(time) AS time, who, action, kind, name, version, detail FROM store.audit;

CREATE VIEW memory.mlops.model_history AS
SELECT memory.mlops.utc(a.time) AS time, coalesce(m.name, a.name) AS name, a.name AS name_then, m.mid IS NULL AS is_deleted,
       action, kind, version, key, before, after, comment, coalesce(forced, false) AS forced, undoes IS NOT NULL AS is_undo,
       who AS "user", host, notebook, cell
FROM store.audit a LEFT JOIN store.registered_models m
  ON m.mid = a.mid OR (a.mid IS NULL AND m.name = a.name AND m.creation_time <= a.time);

CREATE VIEW memory.mlops.gates AS
SELECT gid AS gate_id, name, stage, alias, rule, who AS "user", memory.mlops.utc(time) AS time
FROM store.gates JOIN store.registered_models USING (mid);

CREATE VIEW memory.mlops.model_uses AS
SELECT name, version, kind, place, run_id, passed, who AS "user", memory.mlops.utc(time) AS time
FROM store.model_uses JOIN store.registered_models USING (mid);
