//! From `record_arrays`, `[[unwrap]]`, `[[log_type]]` and `[[foreign]]` to [`LogFormats`].

use super::{
    LoadError,
    document::{Node, Table, accepted},
};
use crate::{Encoding, Foreign, LogFormats, LogType, Path, Reshape, ReshapedMember, Signature, Unwrap};

const SIGNATURE_KEYS: [&str; 7] = ["all", "any", "none", "begins", "values", "contains", "kinds"];
const ENCODINGS: [(&str, Encoding); 4] = [
    ("json", Encoding::Json),
    ("text", Encoding::Text),
    ("base64", Encoding::Base64),
    ("table", Encoding::Table),
];
const KINDS: [&str; 4] = ["object", "array", "string", "number"];

/// Adds what one file says. A user's entries come first; an entry with a known id or name replaces it.
pub(super) fn extend(formats: &mut LogFormats, root: Table<'_>, first: bool) -> Result<(), LoadError> {
    for name in root.texts("record_arrays")? {
        if !formats.record_arrays.contains(&name) {
            formats.record_arrays.push(name);
        }
    }
    let unwraps = root.tables("unwrap")?.into_iter().map(unwrap).collect::<Result<Vec<_>, _>>()?;
    merge(&mut formats.unwraps, unwraps, first, |item| &item.name);
    let reshapes = root.tables("reshape")?.into_iter().map(reshape).collect::<Result<Vec<_>, _>>()?;
    merge(&mut formats.reshapes, reshapes, first, |item| &item.name);
    let log_types = root.tables("log_type")?.into_iter().map(log_type).collect::<Result<Vec<_>, _>>()?;
    merge(&mut formats.log_types, log_types, first, |item| &item.id);
    let foreign = root.tables("foreign")?.into_iter().map(foreign).collect::<Result<Vec<_>, _>>()?;
    merge(&mut formats.foreign, foreign, first, |item| &item.name);
    Ok(())
}

fn merge<T>(have: &mut Vec<T>, added: Vec<T>, first: bool, name: impl Fn(&T) -> &String) {
    let mut fresh = Vec::new();
    for item in added {
        match have.iter_mut().find(|known| name(known) == name(&item)) {
            Some(known) => *known = item,
            None => fresh.push(item),
        }
    }
    let place = if first { 0 } else { have.len() };
    have.splice(place..place, fresh);
}

fn unwrap(table: Table<'_>) -> Result<Unwrap, LoadError> {
    table.only(&["name", "when", "inner", "encoding"])?;
    let encoding = table.require("encoding")?;
    let wanted = encoding.text()?;
    let Some((_, encoding)) = ENCODINGS.iter().find(|(name, _)| *name == wanted) else {
        let help = accepted(wanted, ENCODINGS.iter().map(|(name, _)| *name));
        return Err(encoding.fault(format!("unknown encoding `{wanted}`"), help));
    };
    Ok(Unwrap {
        name: table.text("name")?,
        signature: signature(table.require("when")?)?,
        inner: path(table.require("inner")?)?,
        encoding: *encoding,
    })
}

fn reshape(table: Table<'_>) -> Result<Reshape, LoadError> {
    table.only(&["name", "when", "log_type", "members"])?;
    let members = table.require("members")?.table()?;
    Ok(Reshape {
        name: table.text("name")?,
        signature: signature(table.require("when")?)?,
        log_type: table.text("log_type")?,
        members: members.entries().map(|entry| member(entry.key, entry.node)).collect::<Result<_, _>>()?,
    })
}

/// Where a member comes from: `"name"`, `["one", "other"]`, or `{ constant = "text" }`.
fn member(target: &str, node: Node<'_>) -> Result<ReshapedMember, LoadError> {
    let target = target.to_owned();
    if node.value.is_array() {
        return Ok(ReshapedMember { target, sources: node.texts()?, constant: None });
    }
    if let Ok(source) = node.text() {
        return Ok(ReshapedMember { target, sources: vec![source.to_owned()], constant: None });
    }
    let table = node.table()?;
    table.only(&["first", "constant"])?;
    let sources = table.texts("first")?;
    Ok(ReshapedMember { target, sources, constant: Some(table.text("constant")?) })
}

fn log_type(table: Table<'_>) -> Result<LogType, LoadError> {
    table.only(&["id", "title", "provider", "when", "time"])?;
    Ok(LogType {
        id: table.text("id")?,
        title: table.text("title")?,
        provider: table.text("provider")?,
        signatures: signatures(table.require("when")?)?,
        time: table.require("time")?.items()?.into_iter().map(path).collect::<Result<_, _>>()?,
    })
}

fn foreign(table: Table<'_>) -> Result<Foreign, LoadError> {
    table.only(&["name", "when"])?;
    Ok(Foreign { name: table.text("name")?, signature: signature(table.require("when")?)? })
}

/// One signature, or an array of them.
fn signatures(node: Node<'_>) -> Result<Vec<Signature>, LoadError> {
    if node.value.is_array() {
        return node.items()?.into_iter().map(signature).collect();
    }
    Ok(vec![signature(node)?])
}

fn signature(node: Node<'_>) -> Result<Signature, LoadError> {
    let table = node.table()?;
    table.only(&SIGNATURE_KEYS)?;
    let found = Signature {
        all: table.texts("all")?,
        any: table.texts("any")?,
        none: table.texts("none")?,
        begins: pairs(table, "begins")?.into_iter().map(|(path, text, _)| (path, text)).collect(),
        values: values(table)?,
        contains: pairs(table, "contains")?
            .into_iter()
            .map(|(path, text, _)| (path, text.to_ascii_lowercase()))
            .collect(),
        kinds: kinds(table)?,
    };
    let texts = found.begins.is_empty() && found.values.is_empty() && found.contains.is_empty();
    if found.all.is_empty() && found.any.is_empty() && texts && found.kinds.is_empty() {
        let help = "name a member under `all`, `any`, `begins`, `values`, `contains` or `kinds`".to_owned();
        return Err(node.fault("this fits every object", help));
    }
    Ok(found)
}

fn values(table: Table<'_>) -> Result<Vec<(String, Vec<String>)>, LoadError> {
    let Some(node) = table.get("values") else { return Ok(Vec::new()) };
    let entries = node.table()?.entries();
    entries.map(|entry| Ok((entry.key.to_owned(), entry.node.texts()?))).collect()
}

fn kinds(table: Table<'_>) -> Result<Vec<(String, String)>, LoadError> {
    let mut found = Vec::new();
    for (path, kind, node) in pairs(table, "kinds")? {
        if !KINDS.contains(&kind.as_str()) {
            return Err(node.fault(format!("unknown kind `{kind}`"), accepted(&kind, KINDS)));
        }
        found.push((path, kind));
    }
    Ok(found)
}

fn pairs<'d>(table: Table<'d>, key: &str) -> Result<Vec<(String, String, Node<'d>)>, LoadError> {
    let Some(node) = table.get(key) else { return Ok(Vec::new()) };
    let entries = node.table()?.entries();
    entries.map(|entry| Ok((entry.key.to_owned(), entry.node.text()?.to_owned(), entry.node))).collect()
}

/// A path, checked.
pub(super) fn path(node: Node<'_>) -> Result<Path, LoadError> {
    let text = node.text()?;
    let fits = !text.is_empty()
        && text.split('{').skip(1).all(|rest| match rest.split_once('}') {
            Some((index, after)) => {
                index.bytes().all(|byte| byte.is_ascii_digit())
                    && (after.is_empty() || after.starts_with('.'))
            }
            None => false,
        });
    if fits {
        return Ok(Path::new(text));
    }
    let help = "write members joined by `.`, `{}` after an array for every element, `{0}` for one".to_owned();
    Err(node.fault(format!("`{text}` is no path"), help))
}
