//! One action by one principal: its records, its facts, and what later steps may use.

use std::{collections::BTreeMap, sync::Arc};

use quarry_diagnostic::did_you_mean;
use serde_json::{Map, Value, json};

use super::{
    Emulator, Facts, Record,
    actor::{Session, identifier, kind, number},
    engine::Scope,
    filters::SECOND,
    random::Random,
    template::{Action, Form, ProviderTemplate},
};
use crate::{PackError, cases::Principal};

/// The outcome that needs no name.
pub const SUCCESS: &str = "success";

/// Parameters that every action has: the words of an error.
const ERROR_WORDS: [(&str, &str); 2] = [("error_code", "code"), ("error_message", "message")];

/// What is to be done.
pub struct Task<'a> {
    pub action: &'a str,
    pub member: &'a str,
    pub principal: &'a Principal,
    /// Label of the session; empty for the first.
    pub session: &'a str,
    pub region: Option<&'a str>,
    pub outcome: &'a str,
    pub with: Map<String, Value>,
    /// When, in nanoseconds.
    pub time: i64,
    /// When the case, or the block of noise, begins, in nanoseconds.
    pub start: i64,
    /// Seconds until the records arrive; the provider's typical where absent.
    pub arrives: Option<i64>,
    /// Form of the records.
    pub shape: &'a str,
    pub seed: u64,
    /// What this task is among the others of the seed.
    pub words: [&'a str; 3],
}

/// What came of it.
pub struct Done {
    pub records: Vec<Record>,
    pub facts: Facts,
    pub outputs: Map<String, Value>,
}

impl Emulator {
    /// Makes the records of a task.
    pub(super) fn perform(&self, task: &Task<'_>) -> Result<Done, PackError> {
        let action = self.templates.action(task.action)?;
        let provider = self.templates.provider(task.principal.provider)?;
        if action.provider != Some(task.principal.provider) {
            return Err(PackError::new(
                &action.origin,
                format!("`{}` is not an action of {}", action.id, task.principal.provider.word()),
            ));
        }
        let performance = Performance { emulator: self, task, action, provider };
        performance.run()
    }
}

struct Performance<'a> {
    emulator: &'a Emulator,
    task: &'a Task<'a>,
    action: &'a Action,
    provider: &'a ProviderTemplate,
}

impl Performance<'_> {
    fn wrong(&self, part: &str, message: &str) -> PackError {
        PackError::new(&self.action.origin, format!("`{}`, {part}: {message}", self.action.id))
    }

    fn run(&self) -> Result<Done, PackError> {
        let engine = &self.emulator.engine;
        let random = Random::of(self.task.seed, &self.task.words);
        let scope = Scope::new(random, &self.emulator.identifiers);
        let time = truncate(self.task.time, self.provider.decimals);
        scope.set("time", &json!(time));
        scope.set("action_id", &json!(self.action.id));
        scope.set("action_name", &json!(self.action.id.rsplit('.').next()));
        scope.set("action_title", &json!(self.action.title));
        self.caller(&scope)?;
        let mut outputs = self.ids(&self.provider.ids.action, &scope, "ids")?;
        outputs.extend(self.parameters(&scope)?);
        outputs.extend(self.ids(&self.action.ids, &scope, "ids")?);
        self.values(&scope)?;
        let outcome = self.outcome(&scope)?;
        let request =
            engine.body(&self.action.request, &scope).map_err(|error| self.wrong("request", &error))?;
        scope.set("request", &request);
        let response = match outcome.get("responds").and_then(Value::as_bool) {
            Some(true) => {
                engine.body(&self.action.response, &scope).map_err(|error| self.wrong("response", &error))?
            }
            _ => Value::Null,
        };
        scope.set("response", &response);
        for (name, output) in &self.action.outputs {
            let value = engine.evaluate(output, &scope).map_err(|error| self.wrong(name, &error))?;
            scope.set(name, &value);
            outputs.insert(name.clone(), value);
        }
        let form = self.form()?;
        let mut facts = self.facts(&scope, form)?;
        let records = self.records(&scope, &outcome, form, time)?;
        facts.time = records.first().map_or(time / 1000, |record| record.time);
        for record in &records {
            if !facts.event_ids.contains(&record.event_id) {
                facts.event_ids.push(record.event_id.clone());
            }
        }
        outputs.insert("target".to_owned(), json!(facts.target));
        Ok(Done { records, facts, outputs })
    }

    fn caller(&self, scope: &Arc<Scope>) -> Result<(), PackError> {
        let engine = &self.emulator.engine;
        let wrong = |message: String| self.wrong("caller", &message);
        let task = self.task;
        let session = Session {
            seed: task.seed,
            member: task.member,
            principal: task.principal,
            label: task.session,
            start: task.start,
        };
        let caller = session.caller(self.provider, engine, &self.emulator.identifiers).map_err(wrong)?;
        scope.set("account", &caller["account"]);
        scope.set("region", &task.region.map_or_else(|| caller["region"].clone(), |region| json!(region)));
        scope.set("caller", &caller);
        let kind = kind(self.provider, &task.principal.kind).map_err(wrong)?;
        let identity = engine.body(&kind.identity, scope).map_err(wrong)?;
        scope.set("identity", &identity);
        Ok(())
    }

    fn ids(
        &self,
        ids: &Map<String, Value>,
        scope: &Arc<Scope>,
        part: &str,
    ) -> Result<Map<String, Value>, PackError> {
        let mut made = Map::new();
        for (name, id) in ids {
            let value = match self.task.with.get(name) {
                Some(given) => given.clone(),
                None => identifier(id, &self.emulator.engine, scope)
                    .map_err(|error| self.wrong(&format!("{part}, `{name}`"), &error))?,
            };
            scope.set(name, &value);
            made.insert(name.clone(), value);
        }
        Ok(made)
    }

    fn parameters(&self, scope: &Arc<Scope>) -> Result<Map<String, Value>, PackError> {
        let known = |name: &str| {
            self.action.parameters.contains_key(name)
                || self.provider.ids.action.contains_key(name)
                || ERROR_WORDS.iter().any(|(word, _)| *word == name)
        };
        if let Some(unknown) = self.task.with.keys().find(|name| !known(name)) {
            let near = did_you_mean(unknown, self.action.parameters.keys().map(String::as_str));
            let names: Vec<&str> = self.action.parameters.keys().map(String::as_str).collect();
            return Err(self.wrong("with", &format!("no parameter is called `{unknown}`")).with_help(
                near.map_or_else(
                    || format!("it has {}", names.join(", ")),
                    |near| format!("did you mean `{near}`?"),
                ),
            ));
        }
        let mut made = Map::new();
        for (name, default) in &self.action.parameters {
            let value = self.task.with.get(name).unwrap_or(default);
            let value = self
                .emulator
                .engine
                .evaluate(value, scope)
                .map_err(|error| self.wrong(&format!("parameter `{name}`"), &error))?;
            scope.set(name, &value);
            made.insert(name.clone(), value);
        }
        Ok(made)
    }

    fn outcome(&self, scope: &Arc<Scope>) -> Result<Map<String, Value>, PackError> {
        let name = self.task.outcome;
        let (general, own) = (self.provider.outcomes.get(name), self.action.outcomes.get(name));
        if general.is_none() && own.is_none() {
            let known = self.provider.outcomes.keys().chain(self.action.outcomes.keys());
            let names: std::collections::BTreeSet<&str> = known.map(String::as_str).collect();
            let help = names.into_iter().collect::<Vec<_>>().join(", ");
            return Err(self
                .wrong("outcome", &format!("no outcome is called `{name}`"))
                .with_help(format!("it has {help}")));
        }
        let mut outcome = Map::new();
        outcome.insert("name".to_owned(), json!(name));
        for part in [general, own].into_iter().flatten() {
            for (key, value) in part {
                let value = self
                    .emulator
                    .engine
                    .evaluate(value, scope)
                    .map_err(|error| self.wrong(&format!("outcome `{name}`"), &error))?;
                outcome.insert(key.clone(), value);
            }
        }
        for (parameter, key) in ERROR_WORDS {
            if let Some(value) = self.task.with.get(parameter) {
                outcome.insert(key.to_owned(), value.clone());
            }
        }
        scope.set("outcome", &Value::Object(outcome.clone()));
        Ok(outcome)
    }

    fn values(&self, scope: &Arc<Scope>) -> Result<(), PackError> {
        let known = || self.provider.values.keys().map(String::as_str);
        if let Some(unknown) =
            self.action.values.keys().find(|name| !self.provider.values.contains_key(*name))
        {
            let near = did_you_mean(unknown, known());
            return Err(self.wrong(unknown, "is no key of an action").with_help(near.map_or_else(
                || {
                    format!(
                        "a record of this provider has the values {}",
                        known().collect::<Vec<_>>().join(", ")
                    )
                },
                |near| format!("did you mean `{near}`?"),
            )));
        }
        for (name, default) in &self.provider.values {
            let own = self.action.values.get(name);
            if own.is_none() && self.action.parameters.contains_key(name) {
                continue;
            }
            let value = own.unwrap_or(default);
            let value =
                self.emulator.engine.evaluate(value, scope).map_err(|error| self.wrong(name, &error))?;
            scope.set(name, &value);
        }
        Ok(())
    }

    /// The form of the records in the wanted way of delivery.
    fn form(&self) -> Result<&Form, PackError> {
        let shape = self.emulator.shape(self.provider, self.task.shape)?;
        let form = self.provider.forms.get(&shape.form);
        form.ok_or_else(|| self.wrong("form", &format!("no form is called `{}`", shape.form)))
    }

    fn facts(&self, scope: &Arc<Scope>, form: &Form) -> Result<Facts, PackError> {
        let engine = &self.emulator.engine;
        let mut facts: BTreeMap<&str, String> = BTreeMap::new();
        for (name, template) in self.provider.facts.iter().chain(&self.action.facts).chain(&form.facts) {
            facts.insert(name, engine.text(template, scope).map_err(|error| self.wrong(name, &error))?);
        }
        // What was never made has no identifier that an alert could name.
        let made = self.task.outcome == "success"
            || !self.action.ids.keys().any(|id| self.action.target.contains(id.as_str()));
        if made && !self.action.target.is_empty() {
            let target = engine.text(&self.action.target, scope);
            facts.insert("target", target.map_err(|error| self.wrong("target", &error))?);
        }
        let mut take = |name: &str| facts.remove(name).filter(|fact| !fact.is_empty());
        Ok(Facts {
            step: String::new(),
            provider: self.task.principal.provider.word().to_owned(),
            actor: take("actor"),
            source_ip: take("source_ip"),
            action: take("action").unwrap_or_default(),
            target: take("target"),
            account: take("account"),
            region: take("region"),
            outcome: self.task.outcome.to_owned(),
            event_ids: Vec::new(),
            time: 0,
        })
    }

    fn records(
        &self,
        scope: &Arc<Scope>,
        outcome: &Map<String, Value>,
        form: &Form,
        time: i64,
    ) -> Result<Vec<Record>, PackError> {
        let engine = &self.emulator.engine;
        let name = outcome.get("sequence").and_then(Value::as_str).or(self.action.sequence.as_deref());
        let name = name.unwrap_or(&self.provider.sequence);
        let states = self.provider.sequences.get(name).ok_or_else(|| {
            let known: Vec<&str> = self.provider.sequences.keys().map(String::as_str).collect();
            self.wrong("sequence", &format!("no sequence is called `{name}`: {}", known.join(", ")))
        })?;
        let arrives = self.task.arrives.unwrap_or(self.provider.arrives.seconds());
        let mut records = Vec::new();
        for state in states {
            let wrong = |error: String| self.wrong("record", &error);
            let mut state = engine.evaluate(&Value::Object(state.clone()), scope).map_err(wrong)?;
            for key in self.provider.sequences.values().flatten().flat_map(Map::keys) {
                if state.get(key).is_none() {
                    state[key] = Value::Null;
                }
            }
            let after = state.get("after").and_then(number).and_then(|after| i64::try_from(after).ok());
            let at = truncate(time + after.unwrap_or(0) * 1_000_000, self.provider.decimals);
            scope.set("state", &state);
            scope.set("at", &json!(at));
            self.ids(&self.provider.ids.record, scope, "record ids")?;
            let file = format!("{}/{}", self.provider.provider.word(), form.record);
            let json = engine.file(&file, scope).map_err(wrong)?;
            records.push(Record {
                log: form.log.clone(),
                provider: self.provider.provider,
                account: engine.text("{{ account }}", scope).map_err(wrong)?,
                region: engine.text("{{ region }}", scope).map_err(wrong)?,
                event_id: engine.text(&form.event_id, scope).map_err(wrong)?,
                json,
                time: at / 1000,
                arrival: at / 1000 + arrives * 1_000_000,
                step: None,
            });
        }
        Ok(records)
    }
}

/// A time with no more than so many decimals of a second.
fn truncate(time: i64, decimals: u32) -> i64 {
    let unit = SECOND / 10_i64.pow(decimals.min(9));
    time.div_euclid(unit) * unit
}
