"""polars over JSON lines: the launches that succeeded."""

import sys

import polars as pl

schema = {
    "eventName": pl.String,
    "eventTime": pl.String,
    "userIdentity": pl.Struct({"arn": pl.String}),
    "sourceIPAddress": pl.String,
    "errorCode": pl.String,
    "awsRegion": pl.String,
    "recipientAccountId": pl.String,
}
rows = (
    pl.scan_ndjson(sys.argv[1], schema=schema)
    .filter((pl.col("eventName") == "RunInstances") & pl.col("errorCode").is_null())
    .sort("eventTime", descending=True)
    .collect()
)
print(rows.height)
