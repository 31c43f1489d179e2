//! Templates: text, JSON and typed values from the names of a [`Scope`].

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value,
    value::{Enumerator, Object},
};
use serde_json::Value as Json;

use super::{filters, identifiers::Identifiers, random::Random};

/// Stands before the text of a template that renders to JSON, and before others; the engine's loader takes it off.
const JSON: &str = "json:";
const TEXT: &str = "text:";

/// What a template knows; grows while an action is made.
#[derive(Debug)]
pub struct Scope {
    names: Mutex<BTreeMap<String, Value>>,
    random: Mutex<Random>,
    identifiers: Arc<Identifiers>,
}

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        lock(&self.names).get(key.as_str()?).cloned()
    }

    fn enumerate(self: &Arc<Self>) -> Enumerator {
        Enumerator::Values(lock(&self.names).keys().map(|name| Value::from(name.as_str())).collect())
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Scope {
    /// An empty scope with the functions that make identifiers and choices from `random`.
    pub fn new(random: Random, identifiers: &Arc<Identifiers>) -> Arc<Self> {
        let scope = Arc::new(Self {
            names: Mutex::default(),
            random: Mutex::new(random),
            identifiers: Arc::clone(identifiers),
        });
        // The functions hold the scope weakly: a strong hold would never be freed.
        let weak = Arc::downgrade(&scope);
        let alive = move || weak.upgrade().ok_or_else(|| Error::from(ErrorKind::InvalidOperation));
        let of = alive.clone();
        scope.value(
            "fresh",
            Value::from_function(move |kind: String| {
                of()?.fresh(&kind).map_err(|message| Error::new(ErrorKind::InvalidOperation, message))
            }),
        );
        let of = alive.clone();
        scope.value(
            "below",
            Value::from_function(move |limit: u64| Ok::<_, Error>(lock(&of()?.random).below(limit))),
        );
        scope.value(
            "pick",
            Value::from_function(move |items: Vec<Value>| {
                Ok::<_, Error>(lock(&alive()?.random).pick(&items).cloned())
            }),
        );
        scope
    }

    /// Makes an identifier of a kind.
    pub fn fresh(&self, kind: &str) -> Result<String, String> {
        self.identifiers.fresh(&mut lock(&self.random), kind)
    }

    /// Sets a name.
    pub fn set(&self, name: &str, value: &Json) {
        self.value(name, Value::from_serialize(value));
    }

    fn value(&self, name: &str, value: Value) {
        lock(&self.names).insert(name.to_owned(), value);
    }
}

/// Renders templates; compiled ones are kept.
pub struct Engine {
    environment: Environment<'static>,
}

impl Engine {
    /// An engine that finds included templates in `files`.
    pub fn new(files: BTreeMap<String, String>) -> Self {
        let mut environment = Environment::new();
        environment.set_undefined_behavior(UndefinedBehavior::SemiStrict);
        environment.set_auto_escape_callback(|name| {
            if name.starts_with(JSON) || name.ends_with(".json.j2") {
                AutoEscape::Json
            } else {
                AutoEscape::None
            }
        });
        environment.set_loader(move |name| {
            let inline = name.strip_prefix(JSON).or_else(|| name.strip_prefix(TEXT));
            Ok(inline.map(str::to_owned).or_else(|| files.get(name).cloned()))
        });
        filters::add(&mut environment);
        Self { environment }
    }

    /// Renders a text.
    pub fn text(&self, source: &str, scope: &Arc<Scope>) -> Result<String, String> {
        if !is_template(source) {
            return Ok(source.to_owned());
        }
        self.render(&format!("{TEXT}{source}"), scope)
    }

    /// Renders a template whose result is JSON; null members are left out.
    pub fn json(&self, source: &str, scope: &Arc<Scope>) -> Result<Json, String> {
        self.parse(&format!("{JSON}{source}"), scope)
    }

    /// Renders a template whose result is JSON, nulls and all.
    pub fn container(&self, source: &str, scope: &Arc<Scope>) -> Result<Json, String> {
        self.read(&format!("{JSON}{source}"), scope)
    }

    /// Renders the JSON template in a file.
    pub fn file(&self, name: &str, scope: &Arc<Scope>) -> Result<Json, String> {
        self.parse(name, scope)
    }

    /// Renders a file of text.
    fn render(&self, name: &str, scope: &Arc<Scope>) -> Result<String, String> {
        let template = self.environment.get_template(name).map_err(|error| tell(&error))?;
        template.render(Value::from_dyn_object(Arc::clone(scope))).map_err(|error| tell(&error))
    }

    fn parse(&self, name: &str, scope: &Arc<Scope>) -> Result<Json, String> {
        let mut value = self.read(name, scope)?;
        drop_nulls(&mut value);
        Ok(value)
    }

    fn read(&self, name: &str, scope: &Arc<Scope>) -> Result<Json, String> {
        let text = self.render(name, scope)?;
        serde_json::from_str(&text).map_err(|error| {
            let line = text.lines().nth(error.line().saturating_sub(1)).unwrap_or_default();
            format!("does not make JSON: {error}: `{}`", line.trim())
        })
    }

    /// Evaluates the templates in the strings of a value; one that is nothing but `{{ x }}` keeps the type of `x`.
    pub fn evaluate(&self, value: &Json, scope: &Arc<Scope>) -> Result<Json, String> {
        Ok(match value {
            Json::String(source) => match expression(source) {
                Some(expression) => self.expression(expression, scope)?,
                None => Json::String(self.text(source, scope)?),
            },
            Json::Array(items) => {
                Json::Array(items.iter().map(|item| self.evaluate(item, scope)).collect::<Result<_, _>>()?)
            }
            Json::Object(members) => Json::Object(
                members
                    .iter()
                    .map(|(name, member)| Ok((name.clone(), self.evaluate(member, scope)?)))
                    .collect::<Result<_, String>>()?,
            ),
            plain => plain.clone(),
        })
    }

    fn expression(&self, expression: &str, scope: &Arc<Scope>) -> Result<Json, String> {
        let compiled = self.environment.compile_expression(expression).map_err(|error| tell(&error))?;
        let value = compiled.eval(Value::from_dyn_object(Arc::clone(scope))).map_err(|error| tell(&error))?;
        if value.is_undefined() && !expression.contains(" if ") {
            return Err(format!("`{expression}` is not known here"));
        }
        serde_json::to_value(&value).map_err(|error| error.to_string())
    }

    /// A body: a text that renders to JSON, or a value with templates in its strings.
    pub fn body(&self, body: &Json, scope: &Arc<Scope>) -> Result<Json, String> {
        if let Json::String(source) = body {
            return self.json(source, scope);
        }
        let mut value = self.evaluate(body, scope)?;
        drop_nulls(&mut value);
        Ok(value)
    }
}

fn is_template(source: &str) -> bool {
    source.contains("{{") || source.contains("{%")
}

/// The expression that a text consists of, if it is one alone.
fn expression(source: &str) -> Option<&str> {
    let inner = source.trim().strip_prefix("{{")?.strip_suffix("}}")?;
    let alone = !inner.contains("{{") && !inner.contains("}}") && !inner.contains("{%");
    alone.then(|| inner.trim_matches('-').trim())
}

fn tell(error: &Error) -> String {
    let what = error.detail().map_or_else(|| error.kind().to_string(), str::to_owned);
    let range = error.range();
    let part = error.template_source().zip(range).and_then(|(source, range)| source.get(range));
    match part.map(str::trim).filter(|part| !part.is_empty()) {
        Some(part) => format!("{what}: `{part}`"),
        None => what,
    }
}

/// Leaves out null members and turns the mark of a wanted null into one.
fn drop_nulls(value: &mut Json) {
    match value {
        Json::Object(members) => {
            members.retain(|_, member| !member.is_null());
            members.values_mut().for_each(drop_nulls);
        }
        Json::Array(items) => items.iter_mut().for_each(drop_nulls),
        Json::String(text) if text == filters::NULL => *value = Json::Null,
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn engine() -> (Engine, Arc<Scope>) {
        let scope = Scope::new(Random::of(1, &[]), &Arc::new(Identifiers::default()));
        scope.set("name", &json!("a \"b\""));
        scope.set("list", &json!([1, {"x": null}]));
        scope.set("none", &json!(null));
        scope.set("time", &json!(1_773_136_800_123_456_700_i64));
        (Engine::new(BTreeMap::new()), scope)
    }

    #[test]
    fn bodies_escape_by_themselves_and_leave_nulls_out() {
        let (engine, scope) = engine();
        let body = r#"{"a": {{ name }}, "b": {{ none }}, "c": {{ none | or_null }}, "d": {{ list }},
            "e": {{ "x" if none }}, "f": {{ list | json_text }}, "g": {{ time | rfc3339(7) }}, "h": {{ time | epoch_ms }}}"#;
        assert_eq!(
            engine.json(body, &scope).unwrap(),
            json!({"a": "a \"b\"", "c": null, "d": [1, {}], "f": "[1,{\"x\":null}]",
                "g": "2026-03-10T10:00:00.1234567Z", "h": 1_773_136_800_123_i64})
        );
    }

    #[test]
    fn single_expressions_keep_their_type() {
        let (engine, scope) = engine();
        let value = json!({"n": "{{ list[0] + 1 }}", "t": "x{{ list[0] }}", "l": ["{{ list }}"], "i": "{{ 5 if none }}"});
        assert_eq!(
            engine.evaluate(&value, &scope).unwrap(),
            json!({"n": 2, "t": "x1", "l": [[1, {"x": null}]], "i": null})
        );
    }

    #[test]
    fn unknown_names_and_broken_json_are_told() {
        let (engine, scope) = engine();
        let error = engine.json(r#"{"a": {{ nome }}}"#, &scope).unwrap_err();
        assert!(error.contains("nome"), "{error}");
        assert!(engine.evaluate(&json!("{{ nome }}"), &scope).is_err());
        let error = engine.json("{\"a\": 1\n\"b\": 2}", &scope).unwrap_err();
        assert!(error.contains("`\"b\": 2}`"), "{error}");
    }
}
