//! A small view for tests.

use std::collections::BTreeMap;

use quarry_plan::{Type, Value};
use quarry_views::{Derivation, Field, View, ViewSource};

/// An open view of two log types.
pub fn small() -> View {
    View {
        name: "small".to_owned(),
        open: true,
        ignore_case: false,
        sources: vec![
            source("aws.cloudtrail", "aws:cloudtrail"),
            source("azure.activity", "azure:monitor:activity"),
        ],
    }
}

fn source(log_type: &str, source_type: &str) -> ViewSource {
    let constant = Derivation::Constant(Value::Text(source_type.to_owned()));
    let mut fields = BTreeMap::new();
    for (name, data_type, derivation) in [
        ("_time", Type::Timestamp, Derivation::EventTime),
        ("_raw", Type::Text, Derivation::Raw),
        ("source", Type::Text, Derivation::Object),
        ("sourcetype", Type::Text, constant),
        ("userIdentity.arn", Type::Text, Derivation::Path(quarry_views::Path::new("userIdentity.arn"))),
    ] {
        let field = Field { name: name.to_owned(), data_type, derivation, origin: String::new() };
        fields.insert(name.to_owned(), field);
    }
    ViewSource {
        log_type: log_type.to_owned(),
        source_type: source_type.to_owned(),
        is_default: true,
        prefix: String::new(),
        null_is_text: true,
        pairs: Vec::new(),
        fields,
    }
}
