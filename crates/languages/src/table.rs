//! The rows.

use quarry_language_definition::{Definition, Lexis, Product, ViewChoice};

/// All languages, in the order in which they are shown.
pub static TABLE: &[&Definition] = &[&SPL, &AQL, &KQL, &SIGMA];

pub static SPL: Definition = Definition {
    id: "spl",
    title: "SPL",
    full_title: "Splunk SPL",
    long_title: "Splunk Search Processing Language",
    meaning: "Splunk's search processing language.",
    product: Product { id: "splunk", title: "Splunk", log_label: "sourcetype" },
    ending: Some("spl"),
    rule_endings: &["yml", "yaml", "conf"],
    editor_ids: &["splunk"],
    fence: "spl",
    lexis: &quarry_spl::LEXIS,
    signs: &[
        r"(?i)^\s*(?:search\s+)?\(*\s*(?:index|sourcetype|source|eventtype|tag)\s*(?:=|\bin\b)",
        r"(?i)^\s*\|\s*(?:tstats|inputlookup|makeresults|from|datamodel|rest|metadata)\b",
        r"(?i)\|\s*(?:stats|eval|rex|spath|eventstats|streamstats|timechart|table|dedup|fields|transaction)\b",
        r"^\s*`\w+(?:\([^`]*\))?`",
    ],
    views: &[
        ViewChoice {
            view: "splunk",
            option: Some(("splunk-fields", "addon")),
            meaning: "The JSON's own names and those of the vendor add-on",
        },
        ViewChoice {
            view: "splunk-json",
            option: Some(("splunk-fields", "json")),
            meaning: "The JSON's own names only",
        },
    ],
    nulls_in_json: false,
    front_end: Some(&quarry_spl::FRONT_END),
};

pub static AQL: Definition = Definition {
    id: "aql",
    title: "AQL",
    full_title: "QRadar AQL",
    long_title: "QRadar Ariel Query Language",
    meaning: "QRadar's Ariel query language.",
    product: Product { id: "qradar", title: "QRadar", log_label: "log source type" },
    ending: Some("aql"),
    rule_endings: &[],
    editor_ids: &["qradar"],
    fence: "aql",
    lexis: &quarry_aql::LEXIS,
    signs: &[r"(?is)^\s*select\b.+\bfrom\s+(?:events|flows)\b"],
    views: &[ViewChoice {
        view: "qradar",
        option: None,
        meaning: "Properties of events, built in and custom",
    }],
    nulls_in_json: false,
    front_end: Some(&quarry_aql::FRONT_END),
};

pub static KQL: Definition = Definition {
    id: "kql",
    title: "KQL",
    full_title: "Microsoft Sentinel KQL",
    long_title: "Microsoft Kusto Query Language",
    meaning: "Microsoft's Kusto query language.",
    product: Product { id: "sentinel", title: "Microsoft Sentinel", log_label: "table" },
    ending: Some("kql"),
    rule_endings: &["yaml", "yml", "json"],
    editor_ids: &["kusto"],
    fence: "kql",
    lexis: &quarry_kql::LEXIS,
    signs: &[
        r"(?i)\|\s*(?:summarize|extend|project|project-\w+|mv-expand|mv-apply|make-series|take|distinct)\b",
        r"(?m)^\s*let\s+\w+\s*=.*;\s*$",
        r"^\s*[A-Za-z_]\w*\s*\|\s*where\s.*(?:=~|\bhas(?:_any|_all)?\b|\bcontains\b|\bin~|\bago\()",
    ],
    views: &[ViewChoice { view: "sentinel", option: None, meaning: "Tables of Log Analytics" }],
    nulls_in_json: true,
    front_end: Some(&quarry_kql::FRONT_END),
};

pub static SIGMA: Definition = Definition {
    id: "sigma",
    title: "Sigma",
    full_title: "Sigma",
    long_title: "Sigma rules",
    meaning: "Sigma; read and shown, not run yet.",
    product: Product { id: "sigma", title: "Sigma", log_label: "log source" },
    ending: None,
    rule_endings: &["yml", "yaml"],
    editor_ids: &[],
    fence: "yaml",
    lexis: &Lexis { line_comments: &["#"], ..Lexis::PLAIN },
    signs: &[r"(?ms)^logsource\s*:.*^detection\s*:", r"(?ms)^detection\s*:.*^logsource\s*:"],
    views: &[],
    nulls_in_json: false,
    front_end: None,
};
