//! Gigabytes per CPU second of the reader, beside plain inflation of the same bytes.
//!
//! `cargo run --release -p quarry-logs --example speed -- [MEGABYTES] [NAME]` makes CloudTrail-like records in
//! memory and prints one line a measurement (those whose name holds NAME); the best of five rounds counts.
#![allow(clippy::print_stdout, clippy::expect_used, clippy::unwrap_used)]

use std::{fmt::Write as _, io::Write as _, ops::ControlFlow, sync::Arc, time::Instant};

use flate2::{Compression, write::GzEncoder};
use quarry_logs::{ObjectInput, ScanColumn, ScanPlan, ScanReport, ScanSpec, newest_event_time, read_object};
use quarry_plan::{Need, Type};
use quarry_views::{Catalog, Derivation, LogFormats, Path};

const OBJECT: usize = 7 << 20;
const COLUMNS: [&str; 8] = [
    "eventName",
    "userIdentity.arn",
    "userIdentity.userName",
    "sourceIPAddress",
    "errorCode",
    "awsRegion",
    "recipientAccountId",
    "eventTime",
];

fn main() {
    let megabytes: usize = std::env::args().nth(1).and_then(|text| text.parse().ok()).unwrap_or(200);
    let wanted = std::env::args().nth(2).unwrap_or_default();
    let formats = Arc::new(Catalog::load(None).expect("the embedded catalog loads").formats);
    let objects: Vec<Vec<u8>> = (0..megabytes.div_ceil(7)).map(object).collect();
    let zipped: Vec<Vec<u8>> = objects.iter().map(|object| gzip(object)).collect();
    let lines: Vec<Vec<u8>> = objects.iter().map(|object| as_lines(object)).collect();
    let total: usize = objects.iter().map(Vec::len).sum();
    let stored: usize = zipped.iter().map(Vec::len).sum();
    println!("{} objects, {total} bytes, {stored} compressed", objects.len());

    let mut inflater = libdeflater::Decompressor::new();
    let mut buffer = vec![0; OBJECT * 2];
    let inflate = best(total, || {
        for object in &zipped {
            inflater.gzip_decompress(object, &mut buffer).expect("gzip inflates");
        }
        0
    });
    report("libdeflate alone", inflate, 0);
    let flagship = Need::any(vec![literal("RunInstances", false), literal("virtualmachines", true)]);
    for (name, need) in [("flagship", flagship), ("every event", Need::Anything), ("no event", Need::Never)] {
        let plan = plan(&formats, &need);
        for (kind, objects) in [("gzip", &zipped), ("Records", &objects), ("lines", &lines)] {
            let title = format!("{name}, {kind}");
            if !title.contains(&wanted) {
                continue;
            }
            let folder = tempfile::tempdir().expect("a temporary folder");
            let paths: Vec<_> = objects
                .iter()
                .enumerate()
                .map(|(index, object)| {
                    let path = folder.path().join(index.to_string());
                    std::fs::write(&path, object).expect("a file is written");
                    path
                })
                .collect();
            let speed = best(total, || {
                let counts = ScanReport::new(&formats);
                for path in &paths {
                    let mut emit = |_| ControlFlow::Continue(());
                    read_object(&plan, "object", ObjectInput::File(path.clone()), &counts, &mut emit)
                        .expect("it reads");
                }
                let snapshot = counts.snapshot();
                assert_eq!(snapshot.bad, 0);
                snapshot.rows
            });
            report(
                &format!("{name}, {kind}"),
                speed,
                if kind == "gzip" { percent(inflate.0, speed.0) } else { 0 },
            );
        }
    }
    let speed = best(total, || {
        let counts = ScanReport::new(&formats);
        let inputs =
            lines.iter().map(|object| ("object".to_owned(), ObjectInput::Bytes(object.clone().into())));
        newest_event_time(&formats, inputs, &counts).expect("it reads");
        counts.snapshot().events_read()
    });
    report("newest, lines (with a copy)", speed, 0);
}

fn percent(inflate: f64, scan: f64) -> u64 {
    (inflate / scan * 100.0).round() as u64
}

fn report(name: &str, (speed, rows): (f64, u64), ratio: u64) {
    let ratio = if ratio > 0 {
        format!(", {:.2}x the CPU of inflation alone", ratio as f64 / 100.0)
    } else {
        String::new()
    };
    println!("{name:30} {speed:6.2} GB per CPU second, {rows} rows{ratio}");
}

/// Speed in GB per CPU second and what the last round gave.
fn best(bytes: usize, mut work: impl FnMut() -> u64) -> (f64, u64) {
    let mut seconds = f64::MAX;
    let mut rows = 0;
    for _ in 0..5 {
        let start = cpu_seconds();
        rows = work();
        seconds = seconds.min(cpu_seconds() - start);
    }
    (bytes as f64 / 1e9 / seconds, rows)
}

/// CPU time of this thread where Linux tells it, else wall time.
fn cpu_seconds() -> f64 {
    thread_local! { static START: Instant = Instant::now(); }
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|field| field.parse::<f64>().ok());
    nanoseconds.map_or_else(|| START.with(Instant::elapsed).as_secs_f64(), |value| value / 1e9)
}

fn plan(formats: &Arc<LogFormats>, need: &Need) -> Arc<ScanPlan> {
    let ids = || formats.log_types.iter().map(|log| log.id.clone());
    let column = |name: &&str| ScanColumn {
        name: (*name).to_owned(),
        data_type: Type::Text,
        derivations: ids().map(|id| (id, Derivation::Path(Path::new(*name)))).collect(),
    };
    let needs: Vec<_> = ids().map(|id| (id, need.clone())).collect();
    let columns = COLUMNS.iter().map(column).collect();
    Arc::new(ScanPlan::new(ScanSpec { needs, ..ScanSpec::new(Arc::clone(formats), columns) }))
}

fn literal(text: &str, ignore_case: bool) -> Need {
    Need::Literal { text: text.to_owned(), ignore_case }
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut writer = GzEncoder::new(Vec::new(), Compression::new(6));
    writer.write_all(bytes).expect("memory takes bytes");
    writer.finish().expect("memory takes bytes")
}

fn as_lines(object: &[u8]) -> Vec<u8> {
    let value: serde_json::Value = serde_json::from_slice(object).expect("the object is JSON");
    let mut lines = Vec::with_capacity(object.len());
    for record in value["Records"].as_array().expect("records") {
        serde_json::to_writer(&mut lines, record).expect("memory takes bytes");
        lines.push(b'\n');
    }
    lines
}

struct Random(u64);

impl Random {
    fn next(&mut self, below: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % below
    }

    fn pick<'a>(&mut self, from: &[&'a str]) -> &'a str {
        from[usize::try_from(self.next(from.len() as u64)).expect("it fits")]
    }

    fn hex(&mut self, length: usize) -> String {
        (0..length)
            .map(|_| char::from_digit(u32::try_from(self.next(16)).expect("it fits"), 16).expect("a digit"))
            .collect()
    }

    fn uuid(&mut self) -> String {
        [8, 4, 4, 4, 12].map(|length| self.hex(length)).join("-")
    }
}

fn object(seed: usize) -> Vec<u8> {
    let mut random = Random(seed as u64 + 1);
    let mut text = String::from("{\"Records\":[");
    while text.len() < OBJECT {
        if text.len() > 12 {
            text.push(',');
        }
        record(&mut text, &mut random);
    }
    text.push_str("]}");
    text.into_bytes()
}

fn record(text: &mut String, random: &mut Random) {
    let name = if random.next(1000) == 0 {
        "RunInstances"
    } else {
        random.pick(&[
            "DescribeInstances",
            "AssumeRole",
            "GetObject",
            "PutObject",
            "ListBuckets",
            "DescribeVolumes",
            "Decrypt",
            "GetCallerIdentity",
            "CreateLogStream",
        ])
    };
    let source = random.pick(&["ec2", "s3", "sts", "kms", "logs"]);
    let region = random.pick(&["us-east-1", "us-west-2", "eu-west-1"]);
    let user = format!("user-{}", random.next(300));
    let agent = random.pick(&[
        "aws-cli/2.15.30 Python/3.11.8 Linux/5.10.0 exe/x86_64 prompt/off command/ec2.describe-instances",
        "Boto3/1.34.11 md/Botocore#1.34.11 ua/2.0 os/linux#6.1.0 md/arch#x86_64 lang/python#3.11.2",
        "console.amazonaws.com",
    ]);
    let (request, event, key, number) =
        (random.uuid(), random.uuid(), random.hex(16), random.next(100_000_000));
    let time = format!(
        "2024-{:02}-{:02}T{:02}:{:02}:{:02}Z",
        random.next(12) + 1,
        random.next(28) + 1,
        random.next(24),
        random.next(60),
        random.next(60)
    );
    let error = if random.next(20) == 0 {
        "\"errorCode\":\"AccessDenied\",\"errorMessage\":\"User is not authorized to perform this operation\","
    } else {
        ""
    };
    let filters = (0..random.next(3))
        .map(|_| {
            format!(
                "{{\"name\":\"tag:Name\",\"valueSet\":{{\"items\":[{{\"value\":\"{}\"}}]}}}}",
                random.hex(8)
            )
        })
        .collect::<Vec<_>>()
        .join(",");
    write!(text, r#"{{"eventVersion":"1.09","userIdentity":{{"type":"AssumedRole","principalId":"AROA{key}:{user}","arn":"arn:aws:sts::123456789012:assumed-role/Role-{number}/{user}","accountId":"123456789012","accessKeyId":"ASIA{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"AROA{key}","arn":"arn:aws:iam::123456789012:role/Role-{number}","accountId":"123456789012","userName":"Role-{number}"}},"attributes":{{"creationDate":"{time}","mfaAuthenticated":"false"}}}}}},"eventTime":"{time}","eventSource":"{source}.amazonaws.com","eventName":"{name}","awsRegion":"{region}","sourceIPAddress":"10.{}.{}.{}","userAgent":"{agent}",{error}"requestParameters":{{"filterSet":{{"items":[{filters}]}},"maxResults":100,"instanceId":"i-{}"}},"responseElements":null,"requestID":"{request}","eventID":"{event}","readOnly":true,"eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"123456789012","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{source}.{region}.amazonaws.com"}}}}"#,
        random.next(256), random.next(256), random.next(256), random.hex(17)).expect("memory takes text");
}
