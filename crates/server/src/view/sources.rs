//! What detections require: logs with their names on each platform, fields, delays.

use quarry_language_definition::Product;
use quarry_languages::Language;
use quarry_pack::{Manifest, attack::Strategy};
use serde::Serialize;

use crate::Site;

/// A log.
#[derive(Debug, Serialize)]
pub struct Source {
    /// What people call it.
    pub title: String,
    /// Log type in quarry.
    pub log: String,
    /// Its name on each platform, empty where it has none.
    pub names: Vec<String>,
    /// Fields that the detections cannot do without.
    pub fields: Vec<String>,
    /// How long its records take: typical and worst.
    pub delay: Option<(String, String)>,
}

/// What detections require.
#[derive(Debug, Serialize)]
pub struct Requirements {
    /// Names of the platforms.
    pub platforms: Vec<String>,
    /// The logs.
    pub sources: Vec<Source>,
    /// How often to run and how far back to look.
    pub schedule: Option<(String, String)>,
    /// Whether delays are known.
    pub delays: bool,
}

/// What a pack requires, with the names of all platforms or of one.
pub fn requirements(manifest: &Manifest, only: Option<Product>) -> Requirements {
    let products: Vec<Product> = match only {
        Some(product) => vec![product],
        None => Language::running().map(|language| language.product).collect(),
    };
    let sources = manifest.data_sources.iter().map(|source| Source {
        title: source.title.clone(),
        log: source.log.clone(),
        names: products
            .iter()
            .map(|product| source.names.get(product.id).cloned().unwrap_or_default())
            .collect(),
        fields: source.required_fields.clone(),
        delay: manifest
            .delay_model
            .get(&source.log)
            .map(|delay| (delay.typical.to_string(), delay.worst.to_string())),
    });
    let schedule = manifest.schedule.as_ref();
    Requirements {
        sources: sources.collect(),
        platforms: products.iter().map(|product| product.title.to_owned()).collect(),
        schedule: schedule.map(|schedule| (schedule.every.to_string(), schedule.look_back.to_string())),
        delays: !manifest.delay_model.is_empty(),
    }
}

/// How ATT&CK says to detect a technique.
#[derive(Debug, Serialize)]
pub struct Advice {
    /// Detection strategy and analytic.
    pub strategy: String,
    /// The analytic.
    pub analytic: String,
    /// Log source, event, data component, whether ATT&CK states it.
    pub sources: Vec<(String, String, String, bool)>,
    /// What is odd about them.
    pub notes: Vec<String>,
}

/// ATT&CK's advice on a technique.
pub fn advice(site: &Site, technique: &str) -> Option<Advice> {
    let Strategy { strategy, analytic, sources, notes, .. } = site.knowledge.strategy(technique)?;
    let name = |id: &String| {
        site.knowledge.components.get(id).map_or_else(String::new, |name| format!("{id} {name}"))
    };
    let rows = sources
        .iter()
        .map(|source| (source.log.clone(), source.channel.clone(), name(&source.component), source.stated));
    Some(Advice {
        strategy: strategy.clone(),
        analytic: analytic.clone(),
        sources: rows.collect(),
        notes: notes.clone(),
    })
}
