//! CloudTrail records.

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{Record, rfc3339};
use crate::random::Random;

/// The caller and the place of a call; what stays the same over a session.
#[derive(Debug, Clone)]
pub struct Session {
    /// `userIdentity` of the records.
    pub identity: Value,
    /// Account the records are delivered to.
    pub account: String,
    /// Region called.
    pub region: String,
    /// Source address or service name.
    pub source: String,
    /// User agent.
    pub agent: String,
    /// Whether it is a session of the web console.
    pub console: bool,
}

/// One call.
#[derive(Debug, Clone)]
pub struct Call {
    /// Service such as `ec2`.
    pub service: &'static str,
    /// API operation.
    pub name: &'static str,
    /// Request parameters or null.
    pub request: Value,
    /// Response elements or null.
    pub response: Value,
    /// Error code and message.
    pub error: Option<(&'static str, &'static str)>,
}

impl Call {
    /// A call that went well.
    pub fn new(service: &'static str, name: &'static str, request: Value, response: Value) -> Self {
        Self { service, name, request, response, error: None }
    }

    /// A call that was refused.
    pub fn refused(self, code: &'static str, message: &'static str) -> Self {
        Self { response: Value::Null, error: Some((code, message)), ..self }
    }
}

fn session_context(created: Timestamp, mfa: bool, issuer: Value) -> Value {
    json!({
        "sessionIssuer": issuer,
        "webIdFederationData": {},
        "attributes": {"creationDate": rfc3339(created, 0), "mfaAuthenticated": mfa.to_string()}
    })
}

/// An IAM user with a long-lived key.
pub fn user(random: &mut Random, account: &str, name: &str) -> Value {
    json!({
        "type": "IAMUser",
        "principalId": random.key("AIDA", 17),
        "arn": format!("arn:aws:iam::{account}:user/{name}"),
        "accountId": account,
        "accessKeyId": random.key("AKIA", 16),
        "userName": name
    })
}

/// An IAM user in the web console.
pub fn console_user(random: &mut Random, account: &str, name: &str, created: Timestamp) -> Value {
    let mut identity = user(random, account, name);
    identity["accessKeyId"] = json!(random.key("ASIA", 16));
    identity["sessionContext"] = session_context(created, true, json!({}));
    identity
}

/// The root user in the web console.
pub fn root(random: &mut Random, account: &str, created: Timestamp) -> Value {
    json!({
        "type": "Root",
        "principalId": account,
        "arn": format!("arn:aws:iam::{account}:root"),
        "accountId": account,
        "accessKeyId": random.key("ASIA", 16),
        "sessionContext": session_context(created, false, json!({}))
    })
}

/// A session of an assumed role; `role` may have a path.
pub fn role(random: &mut Random, account: &str, role: &str, session: &str, created: Timestamp) -> Value {
    let principal = random.key("AROA", 17);
    let name = role.rsplit('/').next().unwrap_or(role);
    json!({
        "type": "AssumedRole",
        "principalId": format!("{principal}:{session}"),
        "arn": format!("arn:aws:sts::{account}:assumed-role/{name}/{session}"),
        "accountId": account,
        "accessKeyId": random.key("ASIA", 16),
        "sessionContext": session_context(created, false, json!({
            "type": "Role",
            "principalId": principal,
            "arn": format!("arn:aws:iam::{account}:role/{role}"),
            "accountId": account,
            "userName": name
        }))
    })
}

/// A role session used by a service on the account's behalf.
pub fn service_role(
    random: &mut Random,
    account: &str,
    path: &str,
    service: &str,
    created: Timestamp,
) -> Value {
    let mut identity = role(random, account, path, service.split('.').next().unwrap_or(service), created);
    identity["invokedBy"] = json!(service);
    identity
}

/// The record of a call.
pub fn record(random: &mut Random, session: &Session, time: Timestamp, call: Call) -> Record {
    let read_only =
        ["Describe", "Get", "List", "Head", "Lookup"].iter().any(|verb| call.name.starts_with(verb));
    let mut body = Map::new();
    let mut put = |name: &str, value: Value| {
        body.insert(name.to_owned(), value);
    };
    put("eventVersion", json!("1.11"));
    put("userIdentity", session.identity.clone());
    put("eventTime", json!(rfc3339(time, 0)));
    put("eventSource", json!(format!("{}.amazonaws.com", call.service)));
    put("eventName", json!(call.name));
    put("awsRegion", json!(session.region));
    put("sourceIPAddress", json!(session.source));
    put("userAgent", json!(session.agent));
    if let Some((code, message)) = call.error {
        put("errorCode", json!(code));
        put("errorMessage", json!(message));
    }
    put("requestParameters", call.request);
    put("responseElements", call.response);
    put("requestID", json!(random.uuid()));
    put("eventID", json!(random.uuid()));
    put("readOnly", json!(read_only));
    put("eventType", json!("AwsApiCall"));
    put("managementEvent", json!(true));
    put("recipientAccountId", json!(session.account));
    put("eventCategory", json!("Management"));
    if !session.source.ends_with(".amazonaws.com") {
        let host = format!("{}.{}.amazonaws.com", call.service, session.region);
        put(
            "tlsDetails",
            json!({
                "tlsVersion": "TLSv1.3", "cipherSuite": "TLS_AES_128_GCM_SHA256", "clientProvidedHostHeader": host
            }),
        );
    }
    if session.console {
        put("sessionCredentialFromConsole", json!("true"));
    }
    Record { time, body: Value::Object(body) }
}

/// What to launch.
#[derive(Debug, Clone)]
pub struct Launch<'a> {
    /// Image.
    pub image: &'a str,
    /// Instance type.
    pub instance_type: &'a str,
    /// How many.
    pub count: u64,
    /// Block devices of the request.
    pub devices: Value,
    /// Whether user data is given.
    pub user_data: bool,
}

/// A `RunInstances` call that starts `count` instances.
pub fn run_instances(random: &mut Random, session: &Session, time: Timestamp, launch: &Launch<'_>) -> Call {
    let (subnet, group) = (random.hex("subnet-0", 16), random.hex("sg-0", 16));
    let token = random.uuid();
    let mut request = json!({
        "instancesSet": {"items": [{
            "imageId": launch.image, "minCount": launch.count, "maxCount": launch.count, "keyName": "operations"
        }]},
        "groupSet": {"items": [{"groupId": group}]},
        "instanceType": launch.instance_type,
        "blockDeviceMapping": launch.devices,
        "monitoring": {"enabled": false},
        "subnetId": subnet,
        "disableApiTermination": false,
        "disableApiStop": false,
        "clientToken": token
    });
    if launch.user_data {
        request["userData"] = json!("<sensitiveDataRemoved>");
    }
    let items: Vec<Value> =
        (0..launch.count).map(|index| instance(random, session, time, launch, &request, index)).collect();
    let response = json!({
        "requestId": random.uuid(),
        "reservationId": random.hex("r-0", 16),
        "ownerId": session.account,
        "groupSet": {},
        "instancesSet": {"items": items}
    });
    Call::new("ec2", "RunInstances", request, response)
}

fn instance(
    random: &mut Random,
    session: &Session,
    time: Timestamp,
    launch: &Launch<'_>,
    request: &Value,
    index: u64,
) -> Value {
    let address = format!("10.20.{}.{}", random.below(250), 4 + random.below(250));
    json!({
        "instanceId": random.hex("i-0", 16),
        "imageId": launch.image,
        "instanceState": {"code": 0, "name": "pending"},
        "privateDnsName": format!("ip-{}.{}.compute.internal", address.replace('.', "-"), session.region),
        "keyName": "operations",
        "amiLaunchIndex": index,
        "productCodes": {},
        "instanceType": launch.instance_type,
        "launchTime": time.as_second() * 1000,
        "placement": {"availabilityZone": format!("{}a", session.region), "tenancy": "default"},
        "monitoring": {"state": "disabled"},
        "subnetId": request["subnetId"],
        "vpcId": "vpc-0a1b2c3d4e5f60718",
        "privateIpAddress": address,
        "stateReason": {"code": "pending", "message": "pending"},
        "architecture": "x86_64",
        "rootDeviceType": "ebs",
        "rootDeviceName": "/dev/xvda",
        "blockDeviceMapping": {},
        "virtualizationType": "hvm",
        "hypervisor": "xen",
        "clientToken": request["clientToken"],
        "groupSet": request["groupSet"],
        "sourceDestCheck": true,
        "ebsOptimized": false
    })
}
