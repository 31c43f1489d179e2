//! The page of a technique in one query language.

use quarry_languages::Language;
use quarry_pack::Pack;
use serde::Serialize;

use super::{
    Frame, Share,
    hunt::{Hunt, hunts},
    matrix::{Matrix, matrix},
    query::{Query, of_detection},
    sources::{Requirements, requirements},
    technique::{Dialect, dialects, notes},
};
use crate::Site;

/// The page.
#[derive(Debug, Serialize)]
pub struct DialectPage {
    /// What every page needs.
    pub frame: Frame,
    /// Technique.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Ending of the language.
    pub language: &'static str,
    /// Name of the language.
    pub label: String,
    /// The product.
    pub platform: String,
    /// What the product calls the kind of a log.
    pub log_label: String,
    /// What the tests show.
    pub share: Option<Share>,
    /// The detections in this language.
    pub queries: Vec<Query>,
    /// Tests by detections.
    pub matrix: Matrix,
    /// What the detections require.
    pub requirements: Option<Requirements>,
    /// What a reader must know.
    pub notes: Vec<String>,
    /// Hunting queries in this language.
    pub hunts: Vec<Hunt>,
    /// All languages of the technique.
    pub dialects: Vec<Dialect>,
}

/// The page of a pack in one language.
pub fn dialect(site: &Site, pack: &Pack, language: Language) -> DialectPage {
    let id = pack.technique.clone().unwrap_or_default();
    let label = language.full_title.to_owned();
    let results = site.results.as_ref().and_then(|results| results.of(&id));
    let own = pack.detections.iter().filter(|detection| detection.language == language);
    let manifest = pack.manifest.as_ref();
    DialectPage {
        frame: Frame::new(
            "../",
            "technique",
            format!("{id} {} in {label}", pack.name),
            format!("The {label} detections of {}, what they require and what their tests show", pack.name),
        ),
        name: pack.name.clone(),
        language: language.definition().id,
        platform: language.product.title.to_owned(),
        log_label: language.product.log_label.to_owned(),
        share: results.and_then(|results| Share::of(results.tally_of(language))),
        queries: own.map(|detection| of_detection(detection, None)).collect(),
        matrix: matrix(site, pack, Some(language)),
        requirements: manifest.map(|manifest| requirements(manifest, Some(language.product))),
        notes: notes(manifest),
        hunts: hunts(pack, Some(language), None),
        dialects: dialects(site, pack, &id),
        label,
        id,
    }
}
