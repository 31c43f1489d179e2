"""ClickHouse local (chdb) over gzip objects with a `Records` array: the launches that succeeded."""

import sys

import chdb

print(
    chdb.query(
        f"""
        SELECT count() FROM (
            SELECT arrayJoin(Records) AS record
            FROM file('{sys.argv[1]}', 'JSONEachRow', 'Records Array(String)', 'gzip')
            WHERE JSONExtractString(record, 'eventName') = 'RunInstances' AND NOT JSONHas(record, 'errorCode'))
        SETTINGS input_format_json_read_objects_as_strings = 1
        """,
        "CSV",
    )
)
