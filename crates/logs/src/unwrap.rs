//! Takes a wrapped value out of its wrapper.

use std::borrow::Cow;

use base64::{
    Engine,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};
use quarry_views::Encoding;
use serde::Deserialize;
use serde_json::Value;

use crate::{
    input::inflate_small,
    json::{Kind, Raw},
};

const LENIENT: GeneralPurposeConfig =
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
const STANDARD: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::STANDARD, LENIENT);
const URL_SAFE: GeneralPurpose = GeneralPurpose::new(&base64::alphabet::URL_SAFE, LENIENT);

/// A wrapped value.
#[derive(Debug)]
pub(crate) enum Inner<'a> {
    /// One object, part of the record itself.
    InPlace(&'a str),
    /// Text that holds records in any shape.
    Records(Cow<'a, [u8]>),
}

/// The inner value; none if it is not JSON that could hold a record.
pub(crate) fn open<'a>(record: &'a str, raw: Raw, encoding: Encoding, limit: usize) -> Option<Inner<'a>> {
    match (encoding, raw.kind) {
        (Encoding::Json, Kind::Object) => Some(Inner::InPlace(raw.written(record))),
        (Encoding::Json, Kind::Array) => Some(Inner::Records(Cow::Borrowed(raw.written(record).as_bytes()))),
        (Encoding::Table, Kind::Array) => {
            let tables: Vec<Rows> = serde_json::from_str(raw.written(record)).ok()?;
            let rows: String = tables.iter().flat_map(Rows::objects).map(|row| format!("{row}\n")).collect();
            (!rows.is_empty()).then_some(Inner::Records(Cow::Owned(rows.into_bytes())))
        }
        (Encoding::Text, Kind::Text | Kind::EscapedText) => {
            let text = match raw.text(record)? {
                Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
                Cow::Owned(text) => Cow::Owned(text.into_bytes()),
            };
            holds_json(&text).then_some(Inner::Records(text))
        }
        (Encoding::Base64, Kind::Text | Kind::EscapedText) => {
            let text = raw.text(record)?;
            let text = text.trim_ascii();
            let bytes = STANDARD.decode(text).or_else(|_| URL_SAFE.decode(text)).ok()?;
            let plain = inflate_small(bytes, limit)?;
            holds_json(&plain).then_some(Inner::Records(Cow::Owned(plain)))
        }
        _ => None,
    }
}

/// A table of a query's answer.
#[derive(Deserialize)]
struct Rows {
    columns: Vec<Column>,
    rows: Vec<Vec<Value>>,
}

#[derive(Deserialize)]
struct Column {
    name: String,
}

impl Rows {
    fn objects(&self) -> impl Iterator<Item = Value> {
        self.rows.iter().map(|row| {
            let named = self.columns.iter().map(|column| column.name.clone()).zip(row.iter().cloned());
            named.collect()
        })
    }
}

fn holds_json(text: &[u8]) -> bool {
    matches!(text.trim_ascii_start().first(), Some(b'{' | b'['))
}
