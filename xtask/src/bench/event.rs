//! One benchmark event, written straight as text.

use std::fmt::Write;

use crate::random::Random;

/// What an object's place says.
pub struct Place {
    /// Account.
    pub account: &'static str,
    /// Region.
    pub region: &'static str,
    /// Day of March 2026.
    pub day: u64,
    /// Minute of the day of the newest event.
    pub minute: u64,
}

impl Place {
    /// The place of the object with a number.
    pub const fn of(index: u64) -> Self {
        const ACCOUNTS: [&str; 3] = ["111122223333", "444455556666", "777788889999"];
        const REGIONS: [&str; 4] = ["us-east-1", "eu-west-1", "us-west-2", "ap-southeast-2"];
        let account = ACCOUNTS[(index % 3) as usize];
        let region = REGIONS[((index / 3) % 4) as usize];
        Self { account, region, day: 1 + (index / 12) % 28, minute: 5 * (1 + (index * 7) % 287) }
    }
}

/// Weight, service, operation, request parameters. `#` in the parameters becomes 16 hexadecimal
/// digits, `@` a number.
type Template = (u64, &'static str, &'static str, &'static str);

const TEMPLATES: &[Template] = &[
    (
        900,
        "ec2",
        "DescribeInstances",
        r#"{"maxResults":1000,"instancesSet":{},"filterSet":{"items":[{"name":"instance-state-name","valueSet":{"items":[{"value":"running"}]}}]}}"#,
    ),
    (
        520,
        "sts",
        "AssumeRole",
        r#"{"roleArn":"arn:aws:iam::111122223333:role/service-@","roleSessionName":"session-@","durationSeconds":3600}"#,
    ),
    (
        480,
        "kms",
        "Decrypt",
        r#"{"encryptionContext":{"aws:s3:arn":"arn:aws:s3:::example-data-@/part-#.parquet"},"encryptionAlgorithm":"SYMMETRIC_DEFAULT"}"#,
    ),
    (
        420,
        "s3",
        "GetBucketAcl",
        r#"{"bucketName":"example-data-@","Host":"example-data.s3.amazonaws.com","acl":""}"#,
    ),
    (380, "sts", "GetCallerIdentity", "null"),
    (350, "ec2", "DescribeVolumes", r#"{"volumeSet":{"items":[{"volumeId":"vol-0#"}]},"filterSet":{}}"#),
    (
        320,
        "kms",
        "GenerateDataKey",
        r#"{"keySpec":"AES_256","encryptionContext":{"aws:ebs:id":"vol-0#"},"keyId":"arn:aws:kms:us-east-1:111122223333:key/#"}"#,
    ),
    (
        300,
        "ec2",
        "DescribeSecurityGroups",
        r#"{"securityGroupSet":{},"securityGroupIdSet":{"items":[{"groupId":"sg-0#"}]},"filterSet":{}}"#,
    ),
    (
        290,
        "ec2",
        "DescribeNetworkInterfaces",
        r#"{"networkInterfaceIdSet":{"items":[{"networkInterfaceId":"eni-0#"}]},"filterSet":{}}"#,
    ),
    (
        260,
        "logs",
        "CreateLogStream",
        r#"{"logGroupName":"/aws/lambda/worker-@","logStreamName":"2026/03/10/[$LATEST]#"}"#,
    ),
    (
        250,
        "elasticloadbalancing",
        "DescribeTargetHealth",
        r#"{"targetGroupArn":"arn:aws:elasticloadbalancing:us-east-1:111122223333:targetgroup/web-@/#"}"#,
    ),
    (240, "iam", "GetRole", r#"{"roleName":"service-@"}"#),
    (230, "monitoring", "DescribeAlarms", r#"{"maxRecords":100}"#),
    (
        220,
        "ec2",
        "DescribeSnapshots",
        r#"{"snapshotSet":{},"ownersSet":{"items":[{"owner":"self"}]},"sharedUsersSet":{},"filterSet":{}}"#,
    ),
    (210, "autoscaling", "DescribeAutoScalingGroups", r#"{"autoScalingGroupNames":["web-@"]}"#),
    (
        200,
        "ecr",
        "BatchGetImage",
        r#"{"registryId":"111122223333","repositoryName":"service-@","imageIds":[{"imageTag":"release-@"}]}"#,
    ),
    (190, "dynamodb", "DescribeTable", r#"{"tableName":"sessions-@"}"#),
    (180, "ssm", "GetParameter", r#"{"name":"/service/@/endpoint","withDecryption":true}"#),
    (
        180,
        "secretsmanager",
        "GetSecretValue",
        r#"{"secretId":"arn:aws:secretsmanager:us-east-1:111122223333:secret:service-@"}"#,
    ),
    (
        170,
        "ssm",
        "UpdateInstanceInformation",
        r#"{"instanceId":"i-0#","agentVersion":"3.3.1611.0","agentStatus":"Active","platformType":"Linux","platformName":"Amazon Linux","iPAddress":"10.20.0.7"}"#,
    ),
    (160, "lambda", "GetFunction20150331v2", r#"{"functionName":"worker-@"}"#),
    (150, "rds", "DescribeDBInstances", r#"{"dBInstanceIdentifier":"orders-@"}"#),
    (
        150,
        "ec2",
        "DescribeInstanceStatus",
        r#"{"instancesSet":{"items":[{"instanceId":"i-0#"}]},"filterSet":{},"includeAllInstances":false}"#,
    ),
    (
        150,
        "ec2",
        "DescribeTags",
        r#"{"tagFilterSet":{},"filterSet":{"items":[{"name":"resource-id","valueSet":{"items":[{"value":"i-0#"}]}}]}}"#,
    ),
    (120, "ec2", "DescribeInstanceTypes", r#"{"DescribeInstanceTypesRequest":{"MaxResults":100}}"#),
    (60, "signin", "ConsoleLogin", "null"),
    (40, "ec2", "StartInstances", r#"{"instancesSet":{"items":[{"instanceId":"i-0#"}]}}"#),
    (40, "ec2", "StopInstances", r#"{"instancesSet":{"items":[{"instanceId":"i-0#"}]},"force":false}"#),
    (40, "ec2", "TerminateInstances", r#"{"instancesSet":{"items":[{"instanceId":"i-0#"}]}}"#),
    (60, "ec2", "CreateSnapshot", r#"{"volumeId":"vol-0#","description":"nightly"}"#),
    (30, "ec2", "DeleteSnapshot", r#"{"snapshotId":"snap-0#","force":false}"#),
    (30, "ec2", "CreateVolume", r#"{"size":"100","zone":"us-east-1a","volumeType":"gp3"}"#),
    (
        40,
        "ec2",
        "CreateTags",
        r#"{"resourcesSet":{"items":[{"resourceId":"i-0#"}]},"tagSet":{"items":[{"key":"team","value":"web-@"}]}}"#,
    ),
    (
        30,
        "s3",
        "PutObject",
        r#"{"bucketName":"example-data-@","Host":"example-data.s3.amazonaws.com","key":"part-#.parquet"}"#,
    ),
];

/// Read calls of less weight, all with the same small request.
const RARE_READS: &[(&str, &[&str])] = &[
    (
        "ec2",
        &[
            "DescribeImages",
            "DescribeVpcs",
            "DescribeSubnets",
            "DescribeRouteTables",
            "DescribeAddresses",
            "DescribeKeyPairs",
            "DescribeRegions",
            "DescribeAvailabilityZones",
            "DescribeNatGateways",
            "DescribeLaunchTemplates",
            "DescribeVpcEndpoints",
            "DescribeFlowLogs",
            "DescribeInstanceAttribute",
            "DescribeReservedInstances",
            "DescribeSpotInstanceRequests",
        ],
    ),
    (
        "iam",
        &[
            "ListRoles",
            "ListUsers",
            "ListAccessKeys",
            "GetUser",
            "GetPolicy",
            "GetPolicyVersion",
            "ListAttachedRolePolicies",
            "ListRolePolicies",
            "GetAccountSummary",
            "GetInstanceProfile",
            "ListInstanceProfiles",
            "GetLoginProfile",
        ],
    ),
    (
        "s3",
        &[
            "ListBuckets",
            "GetBucketLocation",
            "GetBucketPolicy",
            "GetBucketVersioning",
            "GetBucketTagging",
            "GetBucketEncryption",
            "GetBucketLogging",
            "GetBucketPublicAccessBlock",
            "HeadBucket",
        ],
    ),
    ("lambda", &["ListFunctions20150331", "GetPolicy20150331v2", "ListEventSourceMappings20150331"]),
    ("cloudtrail", &["DescribeTrails", "GetTrailStatus", "LookupEvents", "GetEventSelectors"]),
    (
        "config",
        &["DescribeConfigRules", "DescribeConfigurationRecorders", "GetComplianceDetailsByConfigRule"],
    ),
    ("organizations", &["DescribeOrganization", "ListAccounts", "ListRoots"]),
    ("ecs", &["DescribeClusters", "DescribeServices", "DescribeTasks", "ListTasks"]),
    ("eks", &["DescribeCluster", "ListClusters"]),
    ("cloudformation", &["DescribeStacks", "ListStackResources", "DescribeStackEvents"]),
    ("guardduty", &["ListDetectors", "GetDetector", "ListFindings"]),
    ("route53", &["ListHostedZones", "ListResourceRecordSets"]),
];

const AGENTS: &[&str] = &[
    "Boto3/1.37.9 md/Botocore#1.37.9 ua/2.0 os/linux#6.8.0-1021-aws md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython m/Z,b,D cfg/retry-mode#legacy Botocore/1.37.9 exec-env/AWS_ECS_FARGATE",
    "aws-sdk-go-v2/1.36.3 ua/2.1 os/linux lang/go#1.23.6 md/GOOS#linux md/GOARCH#amd64 api/ec2#1.208.0 m/E,g",
    "APN/1.0 HashiCorp/1.0 Terraform/1.11.2 (+https://www.terraform.io) terraform-provider-aws/5.90.0 (+https://registry.terraform.io/providers/hashicorp/aws)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/134.0.0.0 Safari/537.36",
    "aws-cli/2.24.6 md/awscrt#0.23.8 ua/2.0 os/linux#6.8.0 md/arch#x86_64 lang/python#3.12.9 md/pyimpl#CPython cfg/retry-mode#standard md/installer#exe md/prompt#off md/command#ec2.describe-instances",
    "elasticloadbalancing.amazonaws.com",
];

/// Identities of an object's callers, ready as text, with their source address.
pub fn callers(random: &mut Random, place: &Place) -> Vec<(String, String)> {
    (0..40).map(|index| caller(random, place, index)).collect()
}

fn caller(random: &mut Random, place: &Place, index: u64) -> (String, String) {
    let account = place.account;
    let address = match index % 8 {
        0 => "elasticloadbalancing.amazonaws.com".to_owned(),
        1 => "AWS Internal".to_owned(),
        2..=4 => format!("198.51.100.{}", random.below(256)),
        _ => format!("203.0.113.{}", random.below(256)),
    };
    if index.is_multiple_of(5) {
        let identity = format!(
            r#"{{"type":"IAMUser","principalId":"{}","arn":"arn:aws:iam::{account}:user/person-{index}","accountId":"{account}","accessKeyId":"{}","userName":"person-{index}"}}"#,
            random.key("AIDA", 17),
            random.key("AKIA", 16)
        );
        return (identity, address);
    }
    let principal = random.key("AROA", 17);
    let key = random.key("ASIA", 16);
    let identity = format!(
        r#"{{"type":"AssumedRole","principalId":"{principal}:session-{index}","arn":"arn:aws:sts::{account}:assumed-role/service-{index}/session-{index}","accountId":"{account}","accessKeyId":"{key}","sessionContext":{{"sessionIssuer":{{"type":"Role","principalId":"{principal}","arn":"arn:aws:iam::{account}:role/service-{index}","accountId":"{account}","userName":"service-{index}"}},"webIdFederationData":{{}},"attributes":{{"creationDate":"2026-03-{:02}T00:10:31Z","mfaAuthenticated":"false"}}}}}}"#,
        place.day
    );
    (identity, address)
}

/// Appends one event.
pub fn push(text: &mut String, random: &mut Random, place: &Place, callers: &[(String, String)]) {
    let (identity, address) = random.pick(callers);
    let second = (place.minute * 60).saturating_sub(random.below(300));
    let launch = random.below(1000) == 0;
    let (service, name, request) = if launch { ("ec2", "RunInstances", LAUNCH) } else { choose(random) };
    let read = ["Describe", "Get", "List", "Head", "Lookup", "Batch", "Decrypt"]
        .iter()
        .any(|verb| name.starts_with(verb));
    let _ = write!(
        text,
        r#"{{"eventVersion":"1.11","userIdentity":{identity},"eventTime":"2026-03-{:02}T{:02}:{:02}:{:02}Z","eventSource":"{service}.amazonaws.com","eventName":"{name}","awsRegion":"{}","sourceIPAddress":"{address}","userAgent":"{}","#,
        place.day,
        second / 3600 % 24,
        second / 60 % 60,
        second % 60,
        place.region,
        random.pick(AGENTS),
    );
    let failed = random.below(if launch { 5 } else { 40 }) == 0;
    if failed {
        text.push_str(if launch {
            r#""errorCode":"Client.UnauthorizedOperation","errorMessage":"You are not authorized to perform this operation.","#
        } else {
            r#""errorCode":"AccessDenied","errorMessage":"User is not authorized to perform this operation because no identity-based policy allows the action","#
        });
    }
    text.push_str(r#""requestParameters":"#);
    fill(text, random, request);
    text.push_str(r#","responseElements":"#);
    fill(text, random, response(name, failed));
    text.push_str(r#","requestID":""#);
    random.push_uuid(text);
    text.push_str(r#"","eventID":""#);
    random.push_uuid(text);
    let _ = write!(text, r#"","readOnly":{read},"#);
    fill(text, random, resources(service));
    let _ = write!(
        text,
        r#""eventType":"AwsApiCall","managementEvent":true,"recipientAccountId":"{}","eventCategory":"Management","tlsDetails":{{"tlsVersion":"TLSv1.3","cipherSuite":"TLS_AES_128_GCM_SHA256","clientProvidedHostHeader":"{service}.{}.amazonaws.com"}}}}"#,
        place.account, place.region
    );
}

const LAUNCH: &str = r#"{"instancesSet":{"items":[{"imageId":"ami-0a1b2c3d4e5f60718","minCount":1,"maxCount":1,"keyName":"operations"}]},"groupSet":{"items":[{"groupId":"sg-0#"}]},"instanceType":"c5.xlarge","blockDeviceMapping":{"items":[{"deviceName":"/dev/xvda","ebs":{"volumeSize":40,"deleteOnTermination":true,"volumeType":"gp3"}}]},"monitoring":{"enabled":false},"subnetId":"subnet-0#","disableApiTermination":false,"disableApiStop":false}"#;
const LAUNCHED: &str = r##"{"requestId":"#","reservationId":"r-0#","ownerId":"111122223333","groupSet":{},"instancesSet":{"items":[{"instanceId":"i-0#","imageId":"ami-0a1b2c3d4e5f60718","instanceState":{"code":0,"name":"pending"},"privateDnsName":"ip-10-20-0-@.ec2.internal","keyName":"operations","amiLaunchIndex":0,"productCodes":{},"instanceType":"c5.xlarge","placement":{"availabilityZone":"us-east-1a","tenancy":"default"},"monitoring":{"state":"disabled"},"subnetId":"subnet-0#","vpcId":"vpc-0a1b2c3d4e5f60718","stateReason":{"code":"pending","message":"pending"},"architecture":"x86_64","rootDeviceType":"ebs","rootDeviceName":"/dev/xvda"}]}}"##;

const ASSUMED: &str = r##"{"credentials":{"accessKeyId":"ASIA#","sessionToken":"IQoJb3JpZ2luX2VjE##//////////wEaCXVzLWVhc3QtMSJHMEUCIQD##","expiration":"Mar 10, 2026, 9:10:31 AM"},"assumedRoleUser":{"assumedRoleId":"AROA#:session-@","arn":"arn:aws:sts::111122223333:assumed-role/service-@/session-@"}}"##;
const CHANGED: &str = r##"{"requestId":"#-#","_return":true}"##;

/// What a call answers in the record; reads answer nothing.
fn response(name: &str, failed: bool) -> &'static str {
    match name {
        _ if failed => "null",
        "RunInstances" => LAUNCHED,
        "AssumeRole" => ASSUMED,
        "CreateTags" | "DeleteSnapshot" | "StartInstances" | "StopInstances" | "TerminateInstances" => {
            CHANGED
        }
        _ => "null",
    }
}

/// The members that only some services add.
fn resources(service: &str) -> &'static str {
    match service {
        "kms" => {
            r#""resources":[{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"arn:aws:kms:us-east-1:111122223333:key/1f2e3d4c-5b6a-4978-8c9d-0e1f2a3b4c5d"}],"#
        }
        "sts" => {
            r#""resources":[{"accountId":"111122223333","type":"AWS::IAM::Role","ARN":"arn:aws:iam::111122223333:role/service-@"}],"#
        }
        "s3" => {
            r##""additionalEventData":{"SignatureVersion":"SigV4","CipherSuite":"TLS_AES_128_GCM_SHA256","bytesTransferredIn":0,"AuthenticationMethod":"AuthHeader","x-amz-id-2":"#/#=","bytesTransferredOut":480},"resources":[{"accountId":"111122223333","type":"AWS::S3::Bucket","ARN":"arn:aws:s3:::example-data-@"}],"##
        }
        "ec2" => r#""vpcEndpointId":"vpce-0a1b2c3d4e5f60718","vpcEndpointAccountId":"111122223333","#,
        _ => "",
    }
}

/// Service, operation and request of an event that is no launch.
fn choose(random: &mut Random) -> (&'static str, &'static str, &'static str) {
    const RARE: u64 = 900;
    let total: u64 = TEMPLATES.iter().map(|template| template.0).sum();
    let mut point = random.below(total + RARE);
    for &(weight, service, name, request) in TEMPLATES {
        if point < weight {
            return (service, name, request);
        }
        point -= weight;
    }
    let (service, names) = random.pick(RARE_READS);
    (service, random.pick::<&str>(names), r#"{"maxResults":50,"filter":{"id":"r-0#"}}"#)
}

/// Appends a template with its places filled.
fn fill(text: &mut String, random: &mut Random, template: &str) {
    let mut rest = template;
    while let Some(at) = rest.find(['#', '@']) {
        text.push_str(&rest[..at]);
        if rest.as_bytes()[at] == b'#' {
            let _ = write!(text, "{:016x}", random.next());
        } else {
            let _ = write!(text, "{}", random.below(200));
        }
        rest = &rest[at + 1..];
    }
    text.push_str(rest);
}
