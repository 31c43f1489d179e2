"""ClickHouse local (chdb) over JSON lines: the launches that succeeded."""

import sys

import chdb

print(
    chdb.query(
        f"""
        SELECT count() FROM (
            SELECT eventTime, JSONExtractString(userIdentity, 'arn'), sourceIPAddress, awsRegion, recipientAccountId
            FROM file('{sys.argv[1]}', 'JSONEachRow', 'eventName String, eventTime String, userIdentity String,
                sourceIPAddress String, errorCode Nullable(String), awsRegion String, recipientAccountId String')
            WHERE eventName = 'RunInstances' AND errorCode IS NULL ORDER BY eventTime DESC)
        SETTINGS input_format_skip_unknown_fields = 1, input_format_json_read_objects_as_strings = 1
        """,
        "CSV",
    )
)
