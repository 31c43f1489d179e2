//! The page of a rule: what, why, example, fix.

/// A page of `docs/lints`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Page(pub &'static str);

/// A query on a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Example {
    /// Its language, `spl` or `aql`.
    pub language: String,
    /// The technique it is said to detect.
    pub technique: Option<String>,
    /// The query.
    pub text: String,
    /// Whether the rule finds something in it.
    pub is_bad: bool,
}

impl Page {
    /// The text, in Markdown.
    #[must_use]
    pub fn text(&self) -> &'static str {
        self.0
    }

    /// The queries: those under "Example" are bad, those under "Fix" are good.
    #[must_use]
    pub fn examples(&self) -> Vec<Example> {
        let mut found = Vec::new();
        let mut is_bad = true;
        let mut open: Option<Example> = None;
        for line in self.0.lines() {
            match (&mut open, line.strip_prefix("```")) {
                (Some(_), Some(_)) => found.extend(open.take()),
                (Some(example), None) => {
                    example.text.push_str(line);
                    example.text.push('\n');
                }
                (None, Some(words)) => {
                    let mut words = words.split_whitespace();
                    let language = words.next().unwrap_or_default().to_owned();
                    let technique = words.next().map(str::to_owned);
                    open = Some(Example { language, technique, text: String::new(), is_bad });
                }
                (None, None) => {
                    if let Some(title) = line.strip_prefix("## ") {
                        is_bad = title != "Fix";
                    }
                }
            }
        }
        found
    }
}
