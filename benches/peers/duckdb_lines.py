"""DuckDB over JSON lines: the launches that succeeded."""

import sys

import duckdb

rows = duckdb.sql(
    f"""
    SELECT eventTime, userIdentity->>'arn', sourceIPAddress, awsRegion, recipientAccountId
    FROM read_json('{sys.argv[1]}', format='newline_delimited', columns={{
        eventName: 'VARCHAR', eventTime: 'VARCHAR', userIdentity: 'JSON', sourceIPAddress: 'VARCHAR',
        errorCode: 'VARCHAR', awsRegion: 'VARCHAR', recipientAccountId: 'VARCHAR'}})
    WHERE eventName = 'RunInstances' AND errorCode IS NULL ORDER BY eventTime DESC
    """
).fetchall()
print(len(rows))
