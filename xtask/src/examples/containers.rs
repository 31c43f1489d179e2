//! The shapes and paths in which the clouds deliver records.

use std::{collections::BTreeMap, error::Error, io::Write};

use base64::{Engine, engine::general_purpose::STANDARD};
use flate2::{Compression, GzBuilder};
use jiff::{Timestamp, tz::TimeZone};
use serde_json::{Value, json};

use crate::{
    random::Random,
    telemetry::{Record, after, rfc3339},
};

/// Where a record is delivered.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Container {
    /// A trail's bucket.
    Trail {
        /// Account.
        account: String,
        /// Region.
        region: String,
    },
    /// Output of `aws cloudtrail lookup-events`.
    Lookup {
        /// Region.
        region: String,
    },
    /// Diagnostic setting to a storage account.
    Storage {
        /// Subscription.
        subscription: String,
    },
    /// Diagnostic setting to an Event Hub.
    EventHub,
    /// Output of `az monitor activity-log list`.
    ActivityList,
    /// Log sink to a Cloud Storage bucket.
    Sink,
    /// Log sink to Pub/Sub.
    PubSub,
}

type Objects = BTreeMap<String, Vec<u8>>;

/// Writes every record into its container.
pub fn write(random: &mut Random, records: &[(Container, Record)]) -> Result<Objects, Box<dyn Error>> {
    let mut groups: BTreeMap<(Container, i64), Vec<&Record>> = BTreeMap::new();
    for (container, record) in records {
        let hours = record.time.as_second() / 3600;
        let window = match container {
            Container::Trail { .. } => hours / 4 * 4,
            Container::Storage { .. } | Container::Sink => hours,
            _ => 0,
        };
        groups.entry((container.clone(), window)).or_default().push(record);
    }
    let mut objects = Objects::new();
    for ((container, window), mut group) in groups {
        group.sort_by_key(|record| record.time);
        let time = Timestamp::from_second(window * 3600)?;
        let (path, content) = match &container {
            Container::Trail { account, region } => trail(random, account, region, &mut group)?,
            Container::Lookup { region } => lookup(region, &group)?,
            Container::Storage { subscription } => storage(subscription, time, &group)?,
            Container::EventHub => event_hub(&group)?,
            Container::ActivityList => activity_list(&mut group)?,
            Container::Sink => sink(time, &group)?,
            Container::PubSub => pub_sub(random, &group)?,
        };
        objects.insert(path, content);
    }
    let (path, content) = digest(random)?;
    objects.insert(path, content);
    Ok(objects)
}

fn stamp(time: Timestamp, format: &str) -> String {
    time.to_zoned(TimeZone::UTC).strftime(format).to_string()
}

fn gzip(content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::best());
    encoder.write_all(content)?;
    Ok(encoder.finish()?)
}

fn bodies(records: &[&Record]) -> Vec<Value> {
    records.iter().map(|record| record.body.clone()).collect()
}

fn lines(records: &[&Record]) -> Result<Vec<u8>, Box<dyn Error>> {
    let mut content = Vec::new();
    for record in records {
        serde_json::to_writer(&mut content, &record.body)?;
        content.push(b'\n');
    }
    Ok(content)
}

/// One object of a trail; its records are not in order of time, as in real ones.
fn trail(
    random: &mut Random,
    account: &str,
    region: &str,
    group: &mut [&Record],
) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let newest = group.last().map_or(Timestamp::UNIX_EPOCH, |record| record.time);
    for index in (1..group.len()).rev() {
        let other = random.below(u64::try_from(index)?.min(6));
        group.swap(index, index - usize::try_from(other)?);
    }
    let delivered = after(newest, 300_000);
    let name = format!(
        "{account}_CloudTrail_{region}_{}_{}.json.gz",
        stamp(delivered, "%Y%m%dT%H%MZ"),
        random.key("", 16)
    );
    let path = format!("AWSLogs/{account}/CloudTrail/{region}/{}/{name}", stamp(newest, "%Y/%m/%d"));
    Ok((path, gzip(&serde_json::to_vec(&json!({"Records": bodies(group)}))?)?))
}

/// A digest object lies beside the logs and holds no records.
fn digest(random: &mut Random) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let body = json!({
        "awsAccountId": "111122223333",
        "digestStartTime": "2026-03-10T08:00:00Z",
        "digestEndTime": "2026-03-10T09:00:00Z",
        "digestS3Bucket": "example-trail",
        "digestPublicKeyFingerprint": random.hex("", 32),
        "digestSignatureAlgorithm": "SHA256withRSA",
        "previousDigestS3Bucket": Value::Null,
        "previousDigestHashValue": Value::Null,
        "logFiles": []
    });
    let path = "AWSLogs/111122223333/CloudTrail-Digest/us-east-1/2026/03/10/\
                111122223333_CloudTrail-Digest_us-east-1_example-trail_us-east-1_20260310T090000Z.json.gz";
    Ok((path.to_owned(), gzip(&serde_json::to_vec(&body)?)?))
}

fn lookup(region: &str, group: &[&Record]) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let event = |record: &&Record| -> Result<Value, Box<dyn Error>> {
        let body = &record.body;
        let user = &body["userIdentity"];
        let arn = user["arn"].as_str().unwrap_or_default();
        Ok(json!({
            "EventId": body["eventID"],
            "EventName": body["eventName"],
            "ReadOnly": body["readOnly"].to_string(),
            "AccessKeyId": user["accessKeyId"],
            "EventTime": format!("{}+00:00", rfc3339(record.time, 0).trim_end_matches('Z')),
            "EventSource": body["eventSource"],
            "Username": arn.rsplit(['/', ':']).next(),
            "Resources": [],
            "CloudTrailEvent": serde_json::to_string(body)?
        }))
    };
    let events = group.iter().rev().map(event).collect::<Result<Vec<_>, _>>()?;
    let content = serde_json::to_vec_pretty(&json!({"Events": events}))?;
    Ok((format!("lookup-events/{region}.json"), content))
}

fn storage(
    subscription: &str,
    hour: Timestamp,
    group: &[&Record],
) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let place = stamp(hour, "y=%Y/m=%m/d=%d/h=%H/m=00");
    let subscription = subscription.to_uppercase();
    let path = format!("insights-activity-logs/resourceId=/SUBSCRIPTIONS/{subscription}/{place}/PT1H.json");
    Ok((path, lines(group)?))
}

fn event_hub(group: &[&Record]) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let mut content = Vec::new();
    for batch in group.chunks(8) {
        serde_json::to_writer(&mut content, &json!({"records": bodies(batch)}))?;
        content.push(b'\n');
    }
    Ok(("event-hub/insights-operational-logs.json".to_owned(), content))
}

fn activity_list(group: &mut [&Record]) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    group.reverse();
    let content = serde_json::to_vec_pretty(&bodies(group))?;
    Ok(("az-activity-log-list.json".to_owned(), content))
}

fn sink(hour: Timestamp, group: &[&Record]) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let name = format!("{}_{}_S0.json", stamp(hour, "%H:00:00"), stamp(hour, "%H:59:59"));
    let folder = stamp(hour, "cloudaudit.googleapis.com/activity/%Y/%m/%d");
    Ok((format!("{folder}/{name}"), lines(group)?))
}

fn pub_sub(random: &mut Random, group: &[&Record]) -> Result<(String, Vec<u8>), Box<dyn Error>> {
    let mut content = Vec::new();
    for record in group {
        let time = rfc3339(record.time, 6);
        let envelope = json!({
            "message": {
                "data": STANDARD.encode(serde_json::to_vec(&record.body)?),
                "attributes": {"logging.googleapis.com/timestamp": time},
                "messageId": random.digits("1", 16),
                "publishTime": rfc3339(after(record.time, 1_500), 3)
            },
            "subscription": "projects/example-analytics/subscriptions/audit-logs"
        });
        serde_json::to_writer(&mut content, &envelope)?;
        content.push(b'\n');
    }
    Ok(("pubsub/audit-logs.jsonl".to_owned(), content))
}
