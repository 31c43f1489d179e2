//! Searches as their authors publish them: detection files of security_content, savedsearches.conf.

use super::conf;

/// A search and its name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// What it is called.
    pub name: String,
    /// The search.
    pub search: String,
}

/// The searches in a file, by its ending and content: YAML with a member `search` (at the top, or deeper
/// in files of older generations), or stanzas with a setting `search`. None if the file is neither.
///
/// ```
/// let found = quarry_spl::saved_searches("a.yml", "name: A\nsearch: index=main\n").unwrap();
/// assert_eq!(found[0].search, "index=main");
/// assert!(quarry_spl::saved_searches("a.yml", "name: A\n").is_none());
/// ```
#[must_use]
pub fn saved_searches(file: &str, text: &str) -> Option<Vec<SavedSearch>> {
    let ending = file.rsplit('.').next().unwrap_or_default().to_lowercase();
    let found = match ending.as_str() {
        "yml" | "yaml" => yaml(file, text),
        "conf" => stanzas(text),
        _ => Vec::new(),
    };
    (!found.is_empty()).then_some(found)
}

fn yaml(file: &str, text: &str) -> Vec<SavedSearch> {
    let Ok(value) = yaml_serde::from_str::<yaml_serde::Value>(text) else { return Vec::new() };
    let name = value.get("name").and_then(yaml_serde::Value::as_str).unwrap_or(file).to_owned();
    let search = member(&value, "search", 0);
    search.map(|search| SavedSearch { name, search }).into_iter().collect()
}

/// A text member of this name, the outermost first.
fn member(value: &yaml_serde::Value, name: &str, depth: usize) -> Option<String> {
    if let Some(found) = value.get(name).and_then(yaml_serde::Value::as_str) {
        return Some(found.to_owned());
    }
    if depth > 8 {
        return None;
    }
    let members = value.as_mapping()?;
    members.iter().find_map(|(_, inner)| member(inner, name, depth + 1))
}

fn stanzas(text: &str) -> Vec<SavedSearch> {
    let stanzas = conf::read(text).unwrap_or_default();
    let found = stanzas.into_iter().filter(|stanza| stanza.name != "default").filter_map(|stanza| {
        let search = stanza.get("search").filter(|search| !search.trim().is_empty())?.to_owned();
        Some(SavedSearch { name: stanza.name, search })
    });
    found.collect()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::saved_searches;

    #[test]
    fn all_generations_are_read() {
        let old = "name: Old\ndetect:\n  splunk:\n    correlation_rule:\n      search: a=b | stats count\n";
        assert_eq!(saved_searches("x.yaml", old).unwrap()[0].search, "a=b | stats count");
        let conf =
            "[ESCU - A - Rule]\nsearch = index=main \\\n| head 1\n[empty]\naction = x\n[B]\nsearch = c=d\n";
        let found = saved_searches("savedsearches.conf", conf).unwrap();
        assert_eq!(found.len(), 2);
        assert_eq!(found[0].search, "index=main \n| head 1");
        assert_eq!(found[1].name, "B");
        assert!(saved_searches("pack.yml", "detections: []\n").is_none());
        assert!(saved_searches("x.conf", "[a]\nb = c\n").is_none());
    }
}
