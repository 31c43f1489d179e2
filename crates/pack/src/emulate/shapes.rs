//! The objects in which the clouds deliver records.

use std::{cmp::Reverse, collections::HashSet, fs, io::Write as _, path::Path, sync::Arc};

use flate2::{Compression, GzBuilder};
use serde_json::{Value, json};

use super::{
    Emulation, Emulator, Options, Record,
    engine::Scope,
    random::Random,
    template::{Beside, ShapeTemplate},
};
use crate::{PackError, cases::Provider};

/// One object of a log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Object {
    /// Path with `/`, as in a bucket.
    pub path: String,
    /// What it holds.
    pub content: Vec<u8>,
    /// Number of records in it.
    pub records: usize,
}

/// Records that lie in one object.
struct Group<'a> {
    provider: Provider,
    key: String,
    window: i64,
    records: Vec<&'a Record>,
}

impl Emulator {
    /// The records in the objects of `options.shape`, in the order of the records.
    ///
    /// # Errors
    /// If the shape is not known or its template is wrong.
    pub fn objects(&self, records: &[Record], options: &Options) -> Result<Vec<Object>, PackError> {
        let mut groups: Vec<Group<'_>> = Vec::new();
        for record in records {
            let shape = self.shape(self.templates.provider(record.provider)?, &options.shape)?;
            let scope = self.place(record, 0, options);
            let wrong = |error: String| PackError::new("telemetry", error);
            let key = self.engine.text(&shape.group, &scope).map_err(wrong)?;
            let time = if shape.by_arrival { record.arrival } else { record.time };
            let window =
                shape.window.map_or(0, |window| time.div_euclid(window.seconds().max(1) * 1_000_000));
            let same = |group: &&mut Group<'_>| {
                group.provider == record.provider && group.window == window && group.key == key
            };
            match groups.iter_mut().find(same) {
                Some(group) => group.records.push(record),
                None => groups.push(Group { provider: record.provider, key, window, records: vec![record] }),
            }
        }
        let mut objects = Vec::with_capacity(groups.len());
        let mut with_beside = HashSet::new();
        for group in &mut groups {
            let shape = self.shape(self.templates.provider(group.provider)?, &options.shape)?;
            if shape.newest_first {
                group.records.sort_by_key(|record| Reverse(record.time));
            }
            objects.push(self.object(shape, group, options)?);
            if let Some(beside) = &shape.beside
                && with_beside.insert((group.provider, group.key.clone()))
            {
                objects.push(self.beside(beside, shape, group, options)?);
            }
        }
        Ok(objects)
    }

    /// Writes the objects below a folder.
    ///
    /// # Errors
    /// If one cannot be made or written.
    pub fn write(
        &self,
        emulation: &Emulation,
        options: &Options,
        folder: &Path,
    ) -> Result<Vec<Object>, PackError> {
        let objects = self.objects(&emulation.records, options)?;
        for object in &objects {
            let path = folder.join(&object.path);
            let wrong = |error: std::io::Error| PackError::new(path.display().to_string(), error.to_string());
            fs::create_dir_all(path.parent().unwrap_or(folder)).map_err(wrong)?;
            fs::write(&path, &object.content).map_err(wrong)?;
        }
        Ok(objects)
    }

    /// Names and titles of the shapes of a cloud.
    pub fn shapes(&self, provider: Provider) -> Vec<(&str, &str)> {
        let shapes = self.templates.providers.get(&provider).map(|provider| &provider.shapes);
        shapes.into_iter().flatten().map(|(name, shape)| (name.as_str(), shape.title.as_str())).collect()
    }

    fn place(&self, record: &Record, window: i64, options: &Options) -> Arc<Scope> {
        let words = ["object", record.account.as_str(), record.region.as_str(), &window.to_string()];
        let scope = Scope::new(Random::of(options.seed, &words), &self.identifiers);
        scope.set("account", &json!(record.account));
        scope.set("region", &json!(record.region));
        scope.set("time", &json!(record.time * 1000));
        scope.set("arrival", &json!(record.arrival * 1000));
        scope.set("event_id", &json!(record.event_id));
        scope
    }

    fn scope(
        &self,
        shape: &ShapeTemplate,
        group: &Group<'_>,
        options: &Options,
    ) -> Result<Arc<Scope>, PackError> {
        let first = group.records.first().ok_or_else(|| shape_error(shape, "no records".to_owned()))?;
        let scope = self.place(first, group.window, options);
        if let Some(window) = shape.window {
            scope.set("window", &json!(group.window * window.seconds() * 1_000_000_000));
            scope.set("window_end", &json!((group.window + 1) * window.seconds() * 1_000_000_000));
        }
        Ok(scope)
    }

    fn beside(
        &self,
        beside: &Beside,
        shape: &ShapeTemplate,
        group: &Group<'_>,
        options: &Options,
    ) -> Result<Object, PackError> {
        let wrong = |error| shape_error(shape, error);
        let scope = self.scope(shape, group, options)?;
        let path = self.engine.text(&beside.path, &scope).map_err(wrong)?;
        let mut content =
            self.engine.container(&beside.object, &scope).map_err(wrong)?.to_string().into_bytes();
        if shape.gzip {
            content = gzip(&content).map_err(|error| wrong(error.to_string()))?;
        }
        Ok(Object { path, content, records: 0 })
    }

    fn object(
        &self,
        shape: &ShapeTemplate,
        group: &Group<'_>,
        options: &Options,
    ) -> Result<Object, PackError> {
        let wrong = |error| shape_error(shape, error);
        let scope = self.scope(shape, group, options)?;
        let path = self.engine.text(&shape.path, &scope).map_err(wrong)?;
        let mut items = Vec::with_capacity(group.records.len());
        for record in &group.records {
            items.push(match &shape.each {
                Some(each) => {
                    let scope = self.place(record, i64::try_from(items.len()).unwrap_or(0), options);
                    scope.set("record", &record.json);
                    self.engine.container(each, &scope).map_err(wrong)?
                }
                None => record.json.clone(),
            });
        }
        let mut content = Vec::new();
        for batch in items.chunks(shape.batch.unwrap_or(usize::MAX)) {
            self.put(batch, shape, &scope, &mut content).map_err(wrong)?;
        }
        if shape.gzip {
            content = gzip(&content).map_err(|error| wrong(error.to_string()))?;
        }
        Ok(Object { path, content, records: group.records.len() })
    }

    fn put(
        &self,
        items: &[Value],
        shape: &ShapeTemplate,
        scope: &Arc<Scope>,
        content: &mut Vec<u8>,
    ) -> Result<(), String> {
        let mut line = |value: &Value| {
            if shape.indented {
                serde_json::to_writer_pretty(&mut *content, value).map_err(|error| error.to_string())?;
            } else {
                serde_json::to_writer(&mut *content, value).map_err(|error| error.to_string())?;
            }
            content.push(b'\n');
            Ok(())
        };
        match &shape.object {
            Some(object) => {
                scope.set("items", &Value::Array(items.to_vec()));
                line(&self.engine.container(object, scope)?)
            }
            None => items.iter().try_for_each(line),
        }
    }
}

fn shape_error(shape: &ShapeTemplate, error: String) -> PackError {
    PackError::new("telemetry", format!("shape `{}`: {error}", shape.title))
}

fn gzip(content: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut encoder = GzBuilder::new().mtime(0).write(Vec::new(), Compression::default());
    encoder.write_all(content)?;
    encoder.finish()
}
