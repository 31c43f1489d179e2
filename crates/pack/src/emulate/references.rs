//! `${step.output}` in the parameters of a step.

use std::collections::BTreeMap;

use quarry_diagnostic::did_you_mean;
use serde_json::{Map, Value};

/// What the steps so far made, by the name of the step.
pub type Outputs = BTreeMap<String, Map<String, Value>>;

/// The value with its references replaced; one that is a whole text keeps the type of what it stands for.
pub fn resolve(value: &Value, outputs: &Outputs) -> Result<Value, String> {
    Ok(match value {
        Value::String(text) => resolve_text(text, outputs)?,
        Value::Array(items) => {
            Value::Array(items.iter().map(|item| resolve(item, outputs)).collect::<Result<_, _>>()?)
        }
        Value::Object(members) => Value::Object(
            members
                .iter()
                .map(|(name, member)| Ok((name.clone(), resolve(member, outputs)?)))
                .collect::<Result<_, String>>()?,
        ),
        plain => plain.clone(),
    })
}

fn resolve_text(text: &str, outputs: &Outputs) -> Result<Value, String> {
    let mut made = String::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once("${") {
        let (reference, behind) =
            after.split_once('}').ok_or_else(|| format!("`{text}` has a `${{` without `}}`"))?;
        let value = look_up(reference, outputs)?;
        if before.is_empty() && behind.is_empty() && made.is_empty() {
            return Ok(value.clone());
        }
        made.push_str(before);
        match value {
            Value::String(value) => made.push_str(value),
            other => made.push_str(&other.to_string()),
        }
        rest = behind;
    }
    made.push_str(rest);
    Ok(Value::String(made))
}

fn look_up<'a>(reference: &str, outputs: &'a Outputs) -> Result<&'a Value, String> {
    let (step, output) = reference
        .split_once('.')
        .ok_or_else(|| format!("`${{{reference}}}` is not like `${{step.output}}`"))?;
    let of_step = outputs.get(step).ok_or_else(|| {
        let near = did_you_mean(step, outputs.keys().map(String::as_str));
        let help = near.map(|near| format!(", did you mean `{near}`?")).unwrap_or_default();
        format!("no earlier step is called `{step}`{help}")
    })?;
    of_step.get(output).ok_or_else(|| {
        let names: Vec<&str> = of_step.keys().map(String::as_str).collect();
        format!("the step `{step}` makes no `{output}`, only {}", names.join(", "))
    })
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    #[test]
    fn references_keep_types_and_join_texts() {
        let outputs: Outputs =
            serde_json::from_value(json!({"a": {"ids": ["x"], "n": 3, "name": "web"}})).unwrap();
        let value = json!({"whole": "${a.ids}", "part": ["disk-${a.name}-${a.n}"], "plain": 5});
        assert_eq!(
            resolve(&value, &outputs).unwrap(),
            json!({"whole": ["x"], "part": ["disk-web-3"], "plain": 5})
        );
        assert!(resolve(&json!("${b.n}"), &outputs).unwrap_err().contains("`b`"));
        assert!(resolve(&json!("${a.m}"), &outputs).unwrap_err().contains("ids, n, name"));
        assert!(resolve(&json!("${a.n"), &outputs).is_err());
    }
}
