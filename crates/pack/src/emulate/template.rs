//! What the files of templates say.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::{Map, Value};

use crate::cases::{Principal, Provider};

/// A file of actions, noise or a cast; what it has tells which.
#[derive(Debug, Clone, Deserialize)]
pub struct TemplateFile {
    /// Cloud of the actions and the noise.
    pub provider: Option<Provider>,
    /// Source of the actions that name none.
    pub source: Option<String>,
    /// Outcomes of all actions of the file.
    #[serde(default)]
    pub outcomes: BTreeMap<String, Map<String, Value>>,
    /// The actions.
    #[serde(default)]
    pub actions: Vec<Action>,
    /// What ordinary work looks like.
    #[serde(default)]
    pub noise: Vec<Noise>,
    /// Principals by cloud.
    #[serde(default)]
    pub cast: BTreeMap<Provider, BTreeMap<String, Value>>,
    /// Values of all actions of the file.
    #[serde(flatten)]
    pub values: BTreeMap<String, Value>,
}

/// One thing that can be done in a cloud.
#[derive(Debug, Clone, Default, Deserialize)]
pub struct Action {
    /// Identifier such as `aws.ec2.RunInstances`.
    pub id: String,
    /// One line.
    pub title: String,
    /// Vendor's page.
    pub source: Option<String>,
    /// Parameters with their defaults, in order.
    #[serde(default)]
    pub parameters: Map<String, Value>,
    /// Identifiers that the provider makes: a kind, or a kind and a count.
    #[serde(default)]
    pub ids: Map<String, Value>,
    /// Body of the request.
    #[serde(default)]
    pub request: Value,
    /// Body of the response.
    #[serde(default)]
    pub response: Value,
    /// What an alert names as the target.
    #[serde(default)]
    pub target: String,
    /// Other facts, where they differ.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
    /// Names for later steps.
    #[serde(default)]
    pub outputs: Map<String, Value>,
    /// Outcomes of this action.
    #[serde(default)]
    pub outcomes: BTreeMap<String, Map<String, Value>>,
    /// The records that it makes, if not the provider's default.
    pub sequence: Option<String>,
    /// Values of the provider's record.
    #[serde(flatten)]
    pub values: BTreeMap<String, Value>,
    /// File it stands in.
    #[serde(skip)]
    pub origin: String,
    /// Its cloud.
    #[serde(skip)]
    pub provider: Option<Provider>,
}

/// One kind of ordinary work.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Noise {
    /// Profile it belongs to.
    pub profile: String,
    /// What is done.
    pub action: String,
    /// Who does it; one is picked.
    #[serde(rename = "as")]
    pub principals: Vec<String>,
    /// How often, relative to the others.
    pub weight: u64,
    /// Share of each outcome; only successes where empty.
    #[serde(default)]
    pub outcomes: BTreeMap<String, u64>,
    /// Parameters.
    #[serde(default)]
    pub with: Map<String, Value>,
    /// Regions; one is picked, the principal's where empty.
    #[serde(default)]
    pub regions: Vec<String>,
}

/// `provider.yml`: what all records of a cloud have in common.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ProviderTemplate {
    /// The cloud.
    pub provider: Provider,
    /// Defaults of principals.
    pub defaults: Map<String, Value>,
    /// Decimals of a record's time.
    pub decimals: u32,
    /// Seconds from the event until its record arrives, typically.
    pub arrives: crate::Interval,
    /// Identifiers by what they last for: principal, session, action, record.
    #[serde(default)]
    pub ids: Lifetimes,
    /// Kinds of principals.
    pub kinds: BTreeMap<String, Kind>,
    /// Values of a record that actions may set, with defaults, in order.
    pub values: Map<String, Value>,
    /// Outcomes of all actions.
    pub outcomes: BTreeMap<String, Map<String, Value>>,
    /// Lists of records that one action makes.
    pub sequences: BTreeMap<String, Vec<Map<String, Value>>>,
    /// The list of actions that name none.
    pub sequence: String,
    /// Facts of an action: templates.
    pub facts: BTreeMap<String, String>,
    /// Forms of a record.
    pub forms: BTreeMap<String, Form>,
    /// Ways of delivery.
    pub shapes: BTreeMap<String, ShapeTemplate>,
    /// The way of delivery where none is named or the named one is not of this cloud.
    pub shape: String,
}

/// Identifiers by what they last for.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Lifetimes {
    /// The same for all that a principal does.
    #[serde(default)]
    pub principal: Map<String, Value>,
    /// The same over a session.
    #[serde(default)]
    pub session: Map<String, Value>,
    /// The same for the records of one action.
    #[serde(default)]
    pub action: Map<String, Value>,
    /// Of one record.
    #[serde(default)]
    pub record: Map<String, Value>,
}

/// A kind of principal.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Kind {
    /// What it has where the cast says nothing, as templates.
    #[serde(default)]
    pub defaults: Map<String, Value>,
    /// Identifiers of its own.
    #[serde(default)]
    pub ids: Lifetimes,
    /// What an alert names as the actor.
    pub actor: String,
    /// Its part of a record.
    pub identity: Value,
}

/// A form of a cloud's record.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Form {
    /// Log type.
    pub log: String,
    /// File of the record's template, beside `provider.yml`.
    pub record: String,
    /// The provider's identifier of the record, as an alert names it.
    pub event_id: String,
    /// Facts that this form tells otherwise, or not at all.
    #[serde(default)]
    pub facts: BTreeMap<String, String>,
}

/// A way of delivery.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ShapeTemplate {
    /// One line.
    pub title: String,
    /// Form of the records.
    pub form: String,
    /// Records of the same group lie in the same object.
    #[serde(default)]
    pub group: String,
    /// Length of time that one object holds; all where absent.
    #[serde(default)]
    pub window: Option<crate::Interval>,
    /// Whether the window is of arrival instead of the event's time.
    #[serde(default)]
    pub by_arrival: bool,
    /// Path of the object.
    pub path: String,
    /// What is written for each record; the record itself where absent.
    #[serde(default)]
    pub each: Option<String>,
    /// The object around its items; one per line where absent.
    #[serde(default)]
    pub object: Option<String>,
    /// Most records in one line or object, where they are batched.
    #[serde(default)]
    pub batch: Option<usize>,
    /// Whether the latest record comes first, whatever the order of the case.
    #[serde(default)]
    pub newest_first: bool,
    /// Whether the JSON is spread over lines with indents.
    #[serde(default)]
    pub indented: bool,
    /// Whether the object is compressed.
    #[serde(default)]
    pub gzip: bool,
    /// What lies beside the objects, once for each group, and holds no records.
    #[serde(default)]
    pub beside: Option<Beside>,
}

/// An object without records, compressed as those beside it.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Beside {
    /// Path of the object.
    pub path: String,
    /// What it holds.
    pub object: String,
}

/// A principal of the built-in cast: the provider is the key it stands under.
pub fn principal(provider: Provider, member: &Value) -> Result<Principal, String> {
    let mut member = member.clone();
    if let Some(members) = member.as_object_mut() {
        members.insert("provider".to_owned(), Value::from(provider.word()));
    }
    serde_json::from_value(member).map_err(|error| error.to_string())
}
