//! Markdown of packs as HTML: headings moved below the page's, no HTML of the author's, no pictures.

use pulldown_cmark::{CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd, html};
use quarry_languages::Language;

use crate::highlight::{escaped, highlight};

/// How a text is shown.
#[derive(Debug, Clone, Copy)]
pub struct Setting<'a> {
    /// What identifiers of headings begin with.
    pub prefix: &'a str,
    /// Where files of the pack are found on the page.
    pub links: &'a [(&'a str, &'a str)],
}

/// The text as HTML. A heading of the first level at its start is left out: the page has its own.
pub fn render(text: &str, setting: Setting<'_>) -> String {
    let parser = Parser::new_ext(text, Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH);
    let events = without_title(parser.collect());
    let mut output = String::new();
    html::push_html(&mut output, Rewriter { setting, events: events.into_iter(), code: None, tables: 0 });
    output
}

/// The headings of the second level, as title and identifier.
pub fn headings(text: &str, prefix: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut current: Option<String> = None;
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Heading { level: HeadingLevel::H2, .. }) => current = Some(String::new()),
            Event::End(TagEnd::Heading(HeadingLevel::H2)) => {
                if let Some(title) = current.take() {
                    let id = identifier(prefix, &title);
                    found.push((title, id));
                }
            }
            Event::Text(text) | Event::Code(text) => {
                if let Some(title) = &mut current {
                    title.push_str(&text);
                }
            }
            _ => {}
        }
    }
    found
}

fn identifier(prefix: &str, title: &str) -> String {
    let slug: String =
        title.to_lowercase().chars().map(|one| if one.is_alphanumeric() { one } else { ' ' }).collect();
    format!("{prefix}-{}", slug.split_whitespace().collect::<Vec<_>>().join("-"))
}

fn without_title(mut events: Vec<Event<'_>>) -> Vec<Event<'_>> {
    let titled = matches!(events.first(), Some(Event::Start(Tag::Heading { level: HeadingLevel::H1, .. })));
    let end = events.iter().position(|event| *event == Event::End(TagEnd::Heading(HeadingLevel::H1)));
    match end {
        Some(end) if titled => events.split_off(end + 1),
        _ => events,
    }
}

struct Rewriter<'a, 's> {
    setting: Setting<'s>,
    events: std::vec::IntoIter<Event<'a>>,
    code: Option<(String, String)>,
    tables: usize,
}

impl<'a> Iterator for Rewriter<'a, '_> {
    type Item = Event<'a>;

    fn next(&mut self) -> Option<Event<'a>> {
        loop {
            let event = self.events.next()?;
            if let Some((_, code)) = &mut self.code {
                match event {
                    Event::Text(text) => code.push_str(&text),
                    Event::End(TagEnd::CodeBlock) => return Some(self.code_block()),
                    _ => {}
                }
                continue;
            }
            return Some(match event {
                Event::Start(Tag::CodeBlock(kind)) => {
                    let language = match kind {
                        CodeBlockKind::Fenced(word) => word.to_string(),
                        CodeBlockKind::Indented => String::new(),
                    };
                    self.code = Some((language, String::new()));
                    continue;
                }
                Event::Start(Tag::Heading { level, .. }) => self.heading(level),
                Event::End(TagEnd::Heading(level)) => raw(format!("</h{}>\n", depth(level))),
                Event::Start(Tag::Table(_)) => return Some(self.table()),
                Event::End(TagEnd::Table) => raw("</tbody></table></div>\n".to_owned()),
                Event::Start(Tag::Link { link_type, dest_url, title, id }) => {
                    let dest_url = self.target(&dest_url);
                    Event::Start(Tag::Link { link_type, dest_url, title, id })
                }
                Event::Start(Tag::Image { .. }) | Event::End(TagEnd::Image) => continue,
                Event::Html(text) | Event::InlineHtml(text) => Event::Text(text),
                other => other,
            });
        }
    }
}

fn raw<'a>(html: String) -> Event<'a> {
    Event::Html(CowStr::from(html))
}

/// Level of a heading on the page: two below the text's `##` section headings' place, never below six.
fn depth(level: HeadingLevel) -> usize {
    (level as usize + 1).clamp(3, 6)
}

impl<'a> Rewriter<'a, '_> {
    fn heading(&self, level: HeadingLevel) -> Event<'a> {
        let mut title = String::new();
        for event in self.events.as_slice() {
            match event {
                Event::Text(text) | Event::Code(text) => title.push_str(text),
                Event::End(TagEnd::Heading(_)) => break,
                _ => {}
            }
        }
        raw(format!("<h{} id=\"{}\">", depth(level), escaped(&identifier(self.setting.prefix, &title))))
    }

    fn code_block(&mut self) -> Event<'a> {
        let (language, code) = self.code.take().unwrap_or_default();
        let lexis = Language::called(&language).map(|language| language.lexis);
        raw(format!("<pre tabindex=0><code>{}</code></pre>\n", highlight(lexis, &code)))
    }

    /// The table's start, in a box of its own that scrolls where the screen is narrow.
    fn table(&mut self) -> Event<'a> {
        self.tables += 1;
        let mut head = String::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::End(TagEnd::TableHead) => break,
                Event::Start(Tag::TableCell) => {
                    let mut cell = Vec::new();
                    for inner in self.events.by_ref() {
                        if inner == Event::End(TagEnd::TableCell) {
                            break;
                        }
                        cell.push(inner);
                    }
                    let mut text = String::new();
                    html::push_html(&mut text, cell.into_iter());
                    let tag = if text.trim().is_empty() { "td" } else { "th scope=col" };
                    let close = if tag == "td" { "td" } else { "th" };
                    head.push_str(&format!("<{tag}>{text}</{close}>"));
                }
                _ => {}
            }
        }
        let label = format!("Table {} of {}", self.tables, self.setting.prefix);
        raw(format!(
            "<div class=scroll tabindex=0 role=region aria-label=\"{}\"><table><thead><tr>{head}</tr></thead><tbody>\n",
            escaped(&label)
        ))
    }

    /// A link to a file of the pack leads to its place on the page.
    fn target(&self, url: &str) -> CowStr<'a> {
        let file = url.trim_start_matches("../").trim_start_matches("./");
        let beside = |name: &str| name.rsplit('/').next() == Some(file);
        let known = self.setting.links.iter().find(|(name, _)| file == *name || beside(name));
        CowStr::from(known.map_or(link(url), |(_, place)| *place).to_owned())
    }
}

/// A link that a page may have: to the web, to a mail address, or within the site; `#` in place of any other, which
/// could run as a script.
pub fn link(url: &str) -> &str {
    let seen: String = url.chars().filter(|letter| !letter.is_control() && !letter.is_whitespace()).collect();
    let before = seen.split(['/', '?', '#']).next().unwrap_or_default();
    let is_kept = match before.split_once(':') {
        None => !seen.starts_with("//") && !seen.contains('\\'),
        Some((scheme, _)) => ["http", "https", "mailto"].iter().any(|kept| scheme.eq_ignore_ascii_case(kept)),
    };
    if is_kept { url } else { "#" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_web_to_mail_or_to_the_site() {
        for kept in [
            "https://a.example/x:y",
            "HTTP://a",
            "mailto:a@b.example",
            "../T1580/index.html",
            "#playbook",
            "a/b:c",
            "",
        ] {
            assert_eq!(link(kept), kept);
        }
        for refused in [
            "javascript:alert(1)",
            " JavaScript:x",
            "java\nscript:x",
            "data:text/html,x",
            "vbscript:x",
            "//a.example",
            "file:///etc",
        ] {
            assert_eq!(link(refused), "#", "{refused}");
        }
        let page = render(
            "[a](javascript:x) <javascript:y> [b](https://b.example)",
            Setting { prefix: "p", links: &[] },
        );
        assert!(!page.contains("href=\"javascript"), "{page}");
        assert!(page.contains("href=\"https://b.example\""), "{page}");
    }
}
