"""DataFusion's own JSON reader over JSON lines: the launches that succeeded."""

import sys

import pyarrow
from datafusion import SessionContext

schema = pyarrow.schema(
    [
        ("eventName", pyarrow.string()),
        ("eventTime", pyarrow.string()),
        ("userIdentity", pyarrow.struct([("arn", pyarrow.string())])),
        ("sourceIPAddress", pyarrow.string()),
        ("errorCode", pyarrow.string()),
        ("awsRegion", pyarrow.string()),
        ("recipientAccountId", pyarrow.string()),
    ]
)
context = SessionContext()
context.register_json("events", sys.argv[1], schema=schema, file_extension=".jsonl")
rows = context.sql(
    """
    SELECT "eventTime", "userIdentity"['arn'], "sourceIPAddress", "awsRegion", "recipientAccountId"
    FROM events WHERE "eventName" = 'RunInstances' AND "errorCode" IS NULL ORDER BY "eventTime" DESC
    """
).collect()
print(sum(batch.num_rows for batch in rows))
