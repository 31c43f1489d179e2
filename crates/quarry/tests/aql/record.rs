//! Recorded events as QRadar's columns, read plainly from JSON.

use serde_json::Value;

/// A record of a known log.
pub struct Record {
    /// The record as it stands in the file.
    pub payload: String,
    /// The same in lower case.
    pub lower: String,
    event: Value,
    log: Log,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Log {
    CloudTrail,
    Entra,
    Activity,
    ActivityRest,
    ActivitySdk,
    CloudAudit,
}

impl Record {
    /// A record, if the object is one of a known log.
    pub fn of(event: Value) -> Option<Self> {
        let log = Log::of(&event)?;
        let payload = event.to_string();
        Some(Self { lower: payload.to_lowercase(), payload, event, log })
    }

    /// The number of the log source type.
    pub fn device_type(&self) -> i64 {
        match self.log {
            Log::CloudTrail => 347,
            Log::Entra => 445,
            Log::Activity | Log::ActivityRest | Log::ActivitySdk => 413,
            Log::CloudAudit => 449,
        }
    }

    /// The name of what happened.
    pub fn name(&self) -> Option<String> {
        match self.log {
            Log::CloudTrail => self.text(&["eventName"]),
            Log::Entra => self.text(&["operationName"]),
            Log::CloudAudit => self.text(&["protoPayload.methodName"]),
            _ => self.operation().map(|name| name.to_uppercase()),
        }
    }

    fn operation(&self) -> Option<String> {
        self.text(match self.log {
            Log::ActivityRest => &["operationName.value"],
            Log::ActivitySdk => &["operation_name.value"],
            _ => &["operationName"],
        })
    }

    /// A custom property by its name.
    pub fn property(&self, name: &str) -> Option<String> {
        match (name, self.log) {
            ("User Agent", Log::CloudTrail) => self.text(&["userAgent"]),
            ("User Agent", Log::Entra) => self.text(&["properties.userAgent"]),
            ("User Agent", Log::CloudAudit) => {
                self.text(&["protoPayload.requestMetadata.callerSuppliedUserAgent"])
            }
            ("Message", Log::CloudTrail) => self.text(&["errorMessage"]),
            ("Message", Log::CloudAudit) => self.text(&["protoPayload.status.message"]),
            ("Message", Log::Entra) => {
                self.text(&["properties.message", "properties.activityDisplayName", "operationName"])
            }
            ("Message", _) => self.text(&["properties.message"]).or_else(|| self.operation()),
            ("Status", Log::Activity) => self.text(&["resultType"]),
            ("Status", Log::ActivityRest | Log::ActivitySdk) => self.text(&["status.value"]),
            ("Status", Log::Entra) => {
                let result = self.text(&["properties.result", "properties.status.errorCode", "resultType"]);
                let good = result.is_some_and(|result| ["success", "Success", "0"].contains(&&*result));
                Some(if good { "Success" } else { "Failure" }.to_owned())
            }
            _ => None,
        }
    }

    /// The first of some members that has a value.
    fn text(&self, paths: &[&str]) -> Option<String> {
        paths.iter().find_map(|path| match at(&self.event, path)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        })
    }
}

impl Log {
    fn of(event: &Value) -> Option<Self> {
        let has = |path: &str| at(event, path).is_some();
        let any = |paths: &[&str]| paths.iter().any(|path| has(path));
        let text = |path: &str| at(event, path).is_some_and(Value::is_string);
        if text("eventSource") && text("eventName") {
            let others = ["s3", "dynamodb", "insightDetails", "insightType", "insightContext"];
            return (!any(&others)).then_some(Self::CloudTrail);
        }
        if at(event, "protoPayload").is_some_and(Value::is_object) {
            let known = ["methodName", "authenticationInfo", "authorizationInfo", "serviceName"];
            return any(&known.map(|name| format!("protoPayload.{name}")).each_ref().map(String::as_str))
                .then_some(Self::CloudAudit);
        }
        if has("operationName.value") {
            return Some(Self::ActivityRest);
        }
        if has("operation_name.value") {
            return Some(Self::ActivitySdk);
        }
        if !text("operationName") || !has("time") || any(&["statusText", "uri", "Level", "schemaVersion"]) {
            return None;
        }
        let entra = [
            "activityDisplayName",
            "activityDateTime",
            "initiatedBy",
            "targetResources",
            "conditionalAccessStatus",
            "appDisplayName",
            "servicePrincipalName",
            "riskEventType",
            "riskLevel",
            "provisioningAction",
            "signInActivityId",
            "createdDateTime",
            "riskState",
        ];
        let is_entra = at(event, "properties").is_some_and(Value::is_object)
            && entra.iter().any(|name| has(&format!("properties.{name}")));
        if is_entra {
            return Some(Self::Entra);
        }
        let known = any(&["resourceId", "identity", "resultType", "resultSignature", "correlationId"]);
        let other = [
            "statusCode",
            "identity.claim",
            "properties.requestUri",
            "properties.accountName",
            "properties.objectKey",
            "properties.log",
            "properties.pod",
        ];
        (known && !any(&other)).then_some(Self::Activity)
    }
}

/// The member at the end of a path.
fn at<'v>(value: &'v Value, path: &str) -> Option<&'v Value> {
    path.split('.').try_fold(value, |value, name| value.get(name))
}
