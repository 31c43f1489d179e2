//! The AWS part of the day.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{Container, Expected, Scenario};
use crate::telemetry::{
    after,
    aws::{self, Call, Launch, Session},
};

const MAIN: &str = "111122223333";
const RESEARCH: &str = "444455556666";
const BROWSER: &str = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36";
const CLI: &str = "aws-cli/2.24.6 md/awscrt#0.23.8 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#ec2.run-instances";
const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.11.2 (+https://www.terraform.io) terraform-provider-aws/5.90.0 (+https://registry.terraform.io/providers/hashicorp/aws) aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.208.0";
const GO: &str =
    "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.208.0 kali";

fn session(identity: Value, account: &str, region: &str, source: &str, agent: &str) -> Session {
    Session {
        identity,
        account: account.to_owned(),
        region: region.to_owned(),
        source: source.to_owned(),
        agent: agent.to_owned(),
        console: agent == BROWSER,
    }
}

fn simple<'a>(instance_type: &'a str, count: u64) -> Launch<'a> {
    Launch { image: "ami-0a1b2c3d4e5f60718", instance_type, count, devices: json!({}), user_data: false }
}

impl Scenario {
    /// Records a call in the trail and, if it must alert, expects that. Gives the record's event id.
    fn call(
        &mut self,
        session: &Session,
        time: Timestamp,
        call: Call,
        alert: Option<(&'static str, &'static str)>,
    ) {
        let record = aws::record(&mut self.random, session, time, call);
        if let Some((detection, what)) = alert {
            let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            self.expected.push(Expected {
                detection,
                what,
                provider: "aws",
                actor: text(&session.identity["arn"]),
                source_ip: session.source.clone(),
                account: session.account.clone(),
                event_ids: vec![text(&record.body["eventID"])],
            });
        }
        let container = Container::Trail { account: session.account.clone(), region: session.region.clone() };
        self.put(&container, [record]);
    }

    /// Expects an alert of the sequence that ends with the launch just added.
    fn expect_staging(&mut self, what: &'static str) {
        let steps = self.records.iter().rev().take(3);
        let event_ids = steps.filter_map(|(_, record)| record.body["eventID"].as_str().map(str::to_owned));
        let event_ids = event_ids.collect();
        if let Some(launch) = self.expected.last().cloned() {
            self.expected.push(Expected { detection: "staging", what, event_ids, ..launch });
        }
    }

    fn launch(&mut self, session: &Session, minutes: i64, launch: &Launch<'_>, what: &'static str) {
        let time = self.at(minutes);
        let call = aws::run_instances(&mut self.random, session, time, launch);
        self.call(session, time, call, Some(("launch", what)));
    }
}

/// Adds all AWS records.
pub fn add(scenario: &mut Scenario) {
    people(scenario);
    fleets(scenario);
    staging(scenario);
    automation(scenario);
    refused(scenario);
    noise(scenario);
}

/// Launches by hand.
fn people(scenario: &mut Scenario) {
    let created = scenario.at(500);
    let identity = aws::console_user(&mut scenario.random, MAIN, "alice", created);
    let console = session(identity, MAIN, "us-east-1", "198.51.100.23", BROWSER);
    scenario.launch(
        &console,
        512,
        &simple("t3.micro", 1),
        "an IAM user launches one instance in the console",
    );

    let identity = aws::user(&mut scenario.random, MAIN, "backup-service");
    let command_line = session(identity, MAIN, "us-east-1", "203.0.113.77", CLI);
    let launch = Launch { user_data: true, ..simple("c5.2xlarge", 2) };
    scenario.launch(
        &command_line,
        604,
        &launch,
        "a user named like a backup job launches two by CLI, with user data",
    );
    duplicate_last(scenario);

    let created = scenario.at(655);
    let identity = aws::role(&mut scenario.random, MAIN, "DeveloperAccess", "mallory", created);
    let abroad = session(identity, MAIN, "ap-southeast-1", "203.0.113.199", GO);
    scenario.launch(
        &abroad,
        661,
        &simple("p3.8xlarge", 12),
        "a role session launches twelve GPU instances in a region not used else",
    );

    let created = scenario.at(700);
    let identity = aws::root(&mut scenario.random, RESEARCH, created);
    let root = session(identity, RESEARCH, "eu-west-1", "203.0.113.45", BROWSER);
    scenario.launch(&root, 704, &simple("m5.large", 1), "the root user launches one in the console");

    let identity = aws::user(&mut scenario.random, RESEARCH, "carol");
    let lightsail = session(identity, RESEARCH, "eu-west-1", "198.51.100.90", CLI);
    let request = json!({
        "instanceNames": ["proxy-1"], "availabilityZone": "eu-west-1a", "blueprintId": "debian_12", "bundleId": "nano_3_0"
    });
    let response = json!({"operations": [{
        "id": scenario.random.uuid(), "resourceName": "proxy-1", "resourceType": "Instance",
        "operationType": "CreateInstance", "status": "Started", "isTerminal": false
    }]});
    let time = scenario.at(731);
    let call = Call::new("lightsail", "CreateInstances", request, response);
    scenario.call(&lightsail, time, call, Some(("launch", "a Lightsail server is created by CLI")));
}

/// The newest record is also in a `lookup-events` listing: the same event twice is one alert.
fn duplicate_last(scenario: &mut Scenario) {
    let Some((_, record)) = scenario.records.last().cloned() else { return };
    let listing = Container::Lookup { region: "us-east-1".to_owned() };
    scenario.put(&listing, [record]);
}

/// The other calls that start instances.
fn fleets(scenario: &mut Scenario) {
    let created = scenario.at(560);
    let identity = aws::role(&mut scenario.random, MAIN, "DataPlatform", "erin", created);
    let caller = session(identity, MAIN, "us-east-1", "198.51.100.61", CLI);
    let template = scenario.random.hex("lt-0", 16);
    let fleet = scenario.random.uuid();
    let request = json!({"CreateFleetRequest": {
        "Type": "maintain",
        "LaunchTemplateConfigs": {"LaunchTemplateSpecification": {"LaunchTemplateId": template, "Version": "1"}, "tag": 1},
        "TargetCapacitySpecification": {"TotalTargetCapacity": 4, "DefaultTargetCapacityType": "spot"}
    }});
    let response = json!({"CreateFleetResponse": {
        "xmlns": "http://ec2.amazonaws.com/doc/2016-11-15/",
        "fleetId": format!("fleet-{fleet}"),
        "requestId": scenario.random.uuid()
    }});
    let time = scenario.at(566);
    let call = Call::new("ec2", "CreateFleet", request, response);
    scenario.call(&caller, time, call, Some(("launch", "an EC2 fleet of four is created")));
    let by_fleet = service(
        scenario,
        "aws-service-role/ec2fleet.amazonaws.com/AWSServiceRoleForEC2Fleet",
        "ec2fleet.amazonaws.com",
    );
    let call =
        aws::run_instances(&mut scenario.random, &by_fleet, after(time, 21_000), &simple("c5.large", 4));
    scenario.call(&by_fleet, after(time, 21_000), call, None);
    scenario.silent("aws", "the `RunInstances` that the fleet service makes for the `CreateFleet` above");

    let identity = aws::user(&mut scenario.random, MAIN, "bob");
    let caller = session(identity, MAIN, "us-east-1", "198.51.100.17", CLI);
    let request = json!({
        "spotPrice": "0.9000", "instanceCount": 3, "type": "one-time",
        "launchSpecification": {
            "imageId": "ami-0a1b2c3d4e5f60718", "instanceType": "g5.xlarge", "blockDeviceMapping": {},
            "monitoring": {"enabled": false}, "subnetId": scenario.random.hex("subnet-0", 16)
        }
    });
    let items: Vec<Value> = (0..3)
        .map(|_| json!({
            "spotInstanceRequestId": scenario.random.word("sir-", 8), "spotPrice": "0.900000", "type": "one-time",
            "state": "open", "status": {"code": "pending-evaluation"}
        }))
        .collect();
    let call = Call::new(
        "ec2",
        "RequestSpotInstances",
        request,
        json!({"spotInstanceRequestSet": {"items": items}}),
    );
    let time = scenario.at(622);
    scenario.call(&caller, time, call, Some(("launch", "three spot instances with GPUs are requested")));
}

/// A snapshot is copied into a volume and then into an instance, by one session.
fn staging(scenario: &mut Scenario) {
    let created = scenario.at(778);
    let identity = aws::role(&mut scenario.random, MAIN, "SupportReadWrite", "trent", created);
    let caller = session(identity, MAIN, "us-east-1", "192.0.2.144", CLI);
    let volume = scenario.random.hex("vol-0", 16);
    let snapshot = scenario.random.hex("snap-0", 16);
    let copy = scenario.random.hex("vol-0", 16);
    let start = scenario.at(780);
    let response = json!({
        "requestId": scenario.random.uuid(), "snapshotId": snapshot, "volumeId": volume, "status": "pending",
        "startTime": start.as_second() * 1000, "ownerId": MAIN, "volumeSize": "200", "encrypted": false
    });
    scenario.call(
        &caller,
        start,
        Call::new("ec2", "CreateSnapshot", json!({"volumeId": volume}), response),
        None,
    );
    let response = json!({
        "requestId": scenario.random.uuid(), "volumeId": copy, "size": "200", "snapshotId": snapshot,
        "zone": "us-east-1a", "status": "creating", "createTime": start.as_second() * 1000 + 240_000,
        "volumeType": "gp3", "encrypted": false
    });
    let request = json!({"snapshotId": snapshot, "zone": "us-east-1a", "volumeType": "gp3"});
    scenario.call(&caller, after(start, 240_000), Call::new("ec2", "CreateVolume", request, response), None);
    let devices = json!({"items": [{
        "deviceName": "/dev/sdf",
        "ebs": {"snapshotId": snapshot, "volumeSize": 200, "deleteOnTermination": true, "volumeType": "gp3"}
    }]});
    let launch = Launch { devices, ..simple("t3.large", 1) };
    scenario.launch(
        &caller,
        788,
        &launch,
        "an instance is launched from a snapshot that the same session took",
    );
    scenario
        .expect_staging("a session takes a snapshot, makes a volume of it and launches an instance with it");
}

fn service(scenario: &mut Scenario, role: &str, name: &str) -> Session {
    let created = scenario.at(400);
    let identity = aws::service_role(&mut scenario.random, MAIN, role, name, created);
    session(identity, MAIN, "us-east-1", name, name)
}

/// Launches by machinery.
fn automation(scenario: &mut Scenario) {
    let created = scenario.at(538);
    let identity = aws::role(&mut scenario.random, MAIN, "TerraformDeploy", "terraform-cloud", created);
    let terraform = session(identity, MAIN, "us-east-1", "192.0.2.30", TERRAFORM);
    scenario.launch(
        &terraform,
        541,
        &simple("t3.medium", 1),
        "Terraform launches one (benign; tune by role)",
    );
    let request = json!({
        "autoScalingGroupName": "web", "minSize": 2, "maxSize": 6, "desiredCapacity": 2,
        "launchTemplate": {"launchTemplateId": scenario.random.hex("lt-0", 16), "version": "3"},
        "vPCZoneIdentifier": "subnet-0aaaabbbbccccdddd"
    });
    let time = scenario.at(542);
    let call = Call::new("autoscaling", "CreateAutoScalingGroup", request, Value::Null);
    scenario.call(
        &terraform,
        time,
        call,
        Some(("launch", "Terraform creates an Auto Scaling group (benign; tune by role)")),
    );
    let scaling = service(
        scenario,
        "aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling",
        "autoscaling.amazonaws.com",
    );
    for minutes in [543, 690, 840] {
        let time = scenario.at(minutes);
        let call = aws::run_instances(&mut scenario.random, &scaling, time, &simple("t3.medium", 1));
        scenario.call(&scaling, time, call, None);
    }
    scenario.silent("aws", "`RunInstances` by Auto Scaling for a group that exists");
}

fn refused(scenario: &mut Scenario) {
    let created = scenario.at(640);
    let identity = aws::role(&mut scenario.random, MAIN, "ReadOnlyAccess", "mallory", created);
    let caller = session(identity, MAIN, "us-east-1", "203.0.113.199", GO);
    let attempts = [
        (
            646,
            "Client.DryRunOperation",
            "Request would have succeeded, but DryRun flag is set.",
            "a dry run of a launch",
        ),
        (
            648,
            "Client.UnauthorizedOperation",
            "You are not authorized to perform this operation.",
            "a role without the permission tries to launch",
        ),
        (
            652,
            "Client.VcpuLimitExceeded",
            "You have requested more vCPU capacity than your current vCPU limit allows.",
            "a launch beyond the account's limit",
        ),
    ];
    for (minutes, code, message, what) in attempts {
        let time = scenario.at(minutes);
        let call = aws::run_instances(&mut scenario.random, &caller, time, &simple("p3.8xlarge", 4));
        scenario.call(&caller, time, call.refused(code, message), Some(("refused", what)));
    }
}

/// Reads and writes of an ordinary day.
fn noise(scenario: &mut Scenario) {
    const CALLS: &[(&str, &str, &str)] = &[
        ("ec2", "DescribeInstances", r#"{"instancesSet":{},"filterSet":{}}"#),
        (
            "ec2",
            "DescribeInstances",
            r#"{"maxResults":1000,"instancesSet":{},"filterSet":{"items":[{"name":"instance-state-name","valueSet":{"items":[{"value":"running"}]}}]}}"#,
        ),
        (
            "ec2",
            "DescribeSnapshots",
            r#"{"snapshotSet":{},"ownersSet":{"items":[{"owner":"self"}]},"sharedUsersSet":{},"filterSet":{}}"#,
        ),
        ("ec2", "DescribeVolumes", r#"{"volumeSet":{},"filterSet":{}}"#),
        ("ec2", "DescribeInstanceTypes", r#"{"DescribeInstanceTypesRequest":{"MaxResults":100}}"#),
        ("sts", "GetCallerIdentity", "null"),
        ("iam", "ListRoles", "null"),
        ("iam", "GetUser", r#"{"userName":"alice"}"#),
        (
            "s3",
            "GetBucketAcl",
            r#"{"bucketName":"example-trail","Host":"example-trail.s3.amazonaws.com","acl":""}"#,
        ),
        ("s3", "ListBuckets", r#"{"Host":"s3.amazonaws.com"}"#),
        (
            "kms",
            "Decrypt",
            r#"{"encryptionAlgorithm":"SYMMETRIC_DEFAULT","encryptionContext":{"aws:s3:arn":"arn:aws:s3:::example-trail"}}"#,
        ),
        ("cloudtrail", "LookupEvents", r#"{"maxResults":50}"#),
        (
            "ec2",
            "CreateTags",
            r#"{"resourcesSet":{"items":[{"resourceId":"i-0aaaabbbbccccdddd"}]},"tagSet":{"items":[{"key":"team","value":"web"}]}}"#,
        ),
        (
            "ec2",
            "StopInstances",
            r#"{"instancesSet":{"items":[{"instanceId":"i-0aaaabbbbccccdddd"}]},"force":false}"#,
        ),
        ("iam", "CreateInstanceProfile", r#"{"instanceProfileName":"web"}"#),
        (
            "logs",
            "CreateLogStream",
            r#"{"logGroupName":"/aws/lambda/web","logStreamName":"2026/03/10/[$LATEST]1"}"#,
        ),
    ];
    let created = scenario.at(380);
    let mut callers = Vec::new();
    for (account, region, source) in [
        (MAIN, "us-east-1", "198.51.100.23"),
        (MAIN, "us-east-1", "192.0.2.30"),
        (RESEARCH, "eu-west-1", "198.51.100.90"),
    ] {
        let identity = aws::role(&mut scenario.random, account, "Monitoring", "collector", created);
        callers.push(session(
            identity,
            account,
            region,
            source,
            "Boto3/1.37.9 md/Botocore#1.37.9 ua/2.0 os/linux#6.8.0 lang/python#3.12.9",
        ));
        let identity = aws::console_user(&mut scenario.random, account, "alice", created);
        callers.push(session(identity, account, region, source, BROWSER));
    }
    let listing = Container::Lookup { region: "us-east-1".to_owned() };
    for index in 0..190_i64 {
        let caller = callers[usize::try_from(scenario.random.below(6)).unwrap_or(0)].clone();
        let (service, name, request) = *scenario.random.pick(CALLS);
        let request = serde_json::from_str(request).unwrap_or(Value::Null);
        let time = scenario.at(420 + index * 3);
        let mut call = Call::new(service, name, request, Value::Null);
        if name == "CreateInstanceProfile" || index % 29 == 7 {
            call = call.refused("AccessDenied", "User is not authorized to perform this action.");
        }
        if index % 23 == 5 && caller.region == "us-east-1" {
            let record = aws::record(&mut scenario.random, &caller, time, call);
            scenario.put(&listing, [record]);
        } else {
            scenario.call(&caller, time, call, None);
        }
    }
    scenario.silent("aws", "`DescribeInstances`, `StopInstances`, `CreateSnapshot`, `CreateVolume`, `CreateInstanceProfile` and other calls");
    scenario.silent("aws", "the second copy of a launch, in a `lookup-events` listing");
}
