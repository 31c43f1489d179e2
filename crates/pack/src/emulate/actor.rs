//! A principal in a session: what stays the same over its calls.

use std::sync::Arc;

use serde_json::{Map, Value, json};

use super::{
    engine::{Engine, Scope},
    filters::SECOND,
    identifiers::Identifiers,
    random::Random,
    template::{Kind, ProviderTemplate},
};
use crate::cases::Principal;

/// Earliest and latest start of a session before the case begins, in seconds.
const SESSION_AGE: (i64, i64) = (300, 3_000);

/// What makes a principal's session.
pub struct Session<'a> {
    /// Seed of the emulation.
    pub seed: u64,
    /// Name in the cast.
    pub member: &'a str,
    /// The principal.
    pub principal: &'a Principal,
    /// Label of the session; empty for the first.
    pub label: &'a str,
    /// When what it is in begins, in nanoseconds.
    pub start: i64,
}

impl Session<'_> {
    /// The principal as templates see it: its keys, defaults, identifiers and actor.
    pub fn caller(
        &self,
        provider: &ProviderTemplate,
        engine: &Engine,
        identifiers: &Arc<Identifiers>,
    ) -> Result<Value, String> {
        let kind = kind(provider, &self.principal.kind)?;
        let word = self.principal.provider.word();
        let words = [word, self.principal.name.as_str(), self.member];
        let mut session_words = words.to_vec();
        session_words.extend(["session", self.label]);
        let mut of_session = Random::of(self.seed, &session_words);
        let age = SESSION_AGE.0 + of_session.span(SESSION_AGE.1 - SESSION_AGE.0);
        let mut caller = self.keys();
        caller.insert("created".to_owned(), json!((self.start.div_euclid(SECOND) - age) * SECOND));
        let mut scope = Scope::new(Random::of(self.seed, &words), identifiers);
        for ids in [&provider.ids.principal, &kind.ids.principal] {
            make(ids, &mut caller, engine, &scope)?;
        }
        let defaults = kind.defaults.iter().chain(&provider.defaults);
        for (name, default) in defaults {
            if caller.get(name).is_none_or(Value::is_null) {
                scope.set("caller", &Value::Object(caller.clone()));
                caller.insert(name.clone(), engine.evaluate(default, &scope)?);
            }
        }
        scope = Scope::new(of_session, identifiers);
        for ids in [&provider.ids.session, &kind.ids.session] {
            make(ids, &mut caller, engine, &scope)?;
        }
        scope.set("caller", &Value::Object(caller.clone()));
        let actor = engine.text(&kind.actor, &scope)?;
        caller.insert("actor".to_owned(), Value::String(actor));
        Ok(Value::Object(caller))
    }

    fn keys(&self) -> Map<String, Value> {
        let principal = self.principal;
        let mut keys = serde_json::to_value(principal).ok().and_then(|value| match value {
            Value::Object(keys) => Some(keys),
            _ => None,
        });
        let keys = keys.get_or_insert_default();
        for (name, flag) in
            [("console", principal.console), ("mfa", principal.mfa), ("temporary", principal.temporary)]
        {
            keys.insert(name.to_owned(), json!(flag));
        }
        for optional in [
            "session",
            "source_ip",
            "user_agent",
            "account",
            "region",
            "display",
            "path",
            "tenant",
            "invoked_by",
        ] {
            keys.entry(optional).or_insert(Value::Null);
        }
        keys.insert("label".to_owned(), json!(self.label));
        keys.insert("member".to_owned(), json!(self.member));
        std::mem::take(keys)
    }
}

fn make(
    ids: &Map<String, Value>,
    caller: &mut Map<String, Value>,
    engine: &Engine,
    scope: &Arc<Scope>,
) -> Result<(), String> {
    for (name, id) in ids {
        scope.set("caller", &Value::Object(caller.clone()));
        caller.insert(name.clone(), identifier(id, engine, scope)?);
    }
    Ok(())
}

pub fn kind<'a>(provider: &'a ProviderTemplate, name: &str) -> Result<&'a Kind, String> {
    provider.kinds.get(name).ok_or_else(|| {
        let known: Vec<&str> = provider.kinds.keys().map(String::as_str).collect();
        format!("`{name}` is no kind of principal of {}: {}", provider.provider.word(), known.join(", "))
    })
}

/// One identifier, or a list of them where it has a count.
pub fn identifier(id: &Value, engine: &Engine, scope: &Arc<Scope>) -> Result<Value, String> {
    let one = |kind: &str| scope.fresh(kind).map(Value::String);
    match id {
        Value::String(text) if text.contains("{{") => engine.evaluate(id, scope),
        Value::String(kind) => one(kind),
        Value::Object(members) => {
            let kind = members.get("kind").and_then(Value::as_str).ok_or("an identifier needs a `kind`")?;
            let count = engine.evaluate(members.get("count").unwrap_or(&json!(1)), scope)?;
            let count = number(&count).ok_or_else(|| format!("`{count}` is no count"))?;
            (0..count).map(|_| one(kind)).collect::<Result<Vec<_>, _>>().map(Value::Array)
        }
        _ => Err("an identifier is a kind, or has `kind` and `count`".to_owned()),
    }
}

/// A number, also one in a text.
pub fn number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}
