-- What views say more than once. A metric may have been logged with a time that no calendar has: that is no time.

CREATE MACRO memory.mlops.utc(ms) AS CASE WHEN ms BETWEEN 0 AND 9000000000000000 THEN make_timestamptz(ms * 1000) END;
CREATE MACRO memory.mlops.absolute(location) AS
    if(contains(location, ':') OR starts_with(location, '/'), location, getvariable('mlops_root') || '/' || location);
