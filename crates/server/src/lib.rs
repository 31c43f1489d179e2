//! Pages about techniques, their detections and what the tests of those show: as files, or served on request.
//!
//! * [`Site`] makes every page from packs and test results; [`Site::write`] puts them into a folder.
//! * [`http::serve`] answers requests with pages made on the spot.
//!
//! Pages need nothing from elsewhere: no fonts, no scripts of others, no pictures.

mod error;
mod highlight;
pub mod http;
mod markdown;
mod site;
mod view;

pub use error::SiteError;
pub use site::{File, Site, Written};
