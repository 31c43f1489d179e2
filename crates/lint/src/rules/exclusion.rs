//! LNT005: an exclusion that an attacker can walk through by naming.

use quarry_plan::{Expression, ExpressionKind, TextMatcher, TextPattern};

use super::{
    Report,
    tools::{comparison, excerpt, fields_of, filters, pattern_text},
};
use crate::analysis::{Analysis, site::settled};

/// Shorter patterns are no names.
const SHORTEST: usize = 3;

/// Who picks the value.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Chosen {
    Client,
    Name,
}

/// Reports them.
pub fn check(analysis: &Analysis<'_>, report: &mut Report) {
    for (stage, at, predicate) in filters(analysis) {
        if analysis.coming(at).is_empty() {
            continue;
        }
        let mut excluded = Vec::new();
        exclusions(predicate, &mut excluded);
        {
            let open: Vec<_> =
                excluded.iter().filter_map(|group| open_group(analysis, stage, group)).collect();
            for (condition, chosen, field) in open {
                tell(analysis, condition, chosen, &field, report);
            }
        }
    }
}

/// Groups of conditions of which all must hold for an event to be left out.
fn exclusions<'e>(conjunct: &'e Expression, groups: &mut Vec<Vec<&'e Expression>>) {
    match &conjunct.kind {
        ExpressionKind::And(items) => items.iter().for_each(|item| exclusions(item, groups)),
        ExpressionKind::Not(inner) => excluded(settled(inner), groups),
        // `x is null or not x like ...` leaves out what all its negated parts name.
        ExpressionKind::Or(items) => {
            let mut group = Vec::new();
            for item in items {
                match &item.kind {
                    ExpressionKind::Not(inner) => group.push(settled(inner)),
                    ExpressionKind::IsNull(_) => {}
                    _ => return items.iter().for_each(|item| arm(item, groups)),
                }
            }
            groups.push(group);
        }
        _ => {}
    }
}

/// What a NOT leaves out.
fn excluded<'e>(condition: &'e Expression, groups: &mut Vec<Vec<&'e Expression>>) {
    match &condition.kind {
        ExpressionKind::Or(items) => items.iter().for_each(|item| excluded(settled(item), groups)),
        ExpressionKind::And(items) => groups.push(items.iter().map(settled).collect()),
        ExpressionKind::Not(inner) => exclusions(settled(inner), groups),
        _ => groups.push(vec![condition]),
    }
}

/// The exclusions of one operand of an OR, which leave events out of that operand only.
fn arm<'e>(item: &'e Expression, groups: &mut Vec<Vec<&'e Expression>>) {
    if let ExpressionKind::And(items) = &item.kind {
        items.iter().for_each(|item| exclusions(item, groups));
    }
}

/// The first condition of a group all of whose conditions an attacker can fulfil.
fn open_group<'e>(
    analysis: &Analysis<'_>,
    stage: usize,
    group: &[&'e Expression],
) -> Option<(&'e Expression, Chosen, String)> {
    let open: Vec<_> = group.iter().map(|condition| open(analysis, stage, condition)).collect();
    if open.iter().any(Option::is_none) {
        return None;
    }
    let (chosen, field) = open.into_iter().next()??;
    group.first().map(|condition| (*condition, chosen, field))
}

/// Whether an attacker can make a condition hold, and by which field.
fn open(analysis: &Analysis<'_>, stage: usize, condition: &Expression) -> Option<(Chosen, String)> {
    if let ExpressionKind::Or(items) = &condition.kind {
        return items.iter().find_map(|item| open(analysis, stage, item));
    }
    let compared = comparison(condition).filter(|compared| !compared.differs)?;
    if pattern_text(&compared.matcher).chars().filter(|letter| letter.is_alphanumeric()).count() < SHORTEST {
        return None;
    }
    let names = &analysis.knowledge.names.chosen;
    let fields = fields_of(analysis, stage, compared.value);
    let listed = |list: &[String]| {
        fields.iter().find(|field| list.iter().any(|name| name.eq_ignore_ascii_case(field))).cloned()
    };
    if let Some(field) = listed(&names.client) {
        return Some((Chosen::Client, field));
    }
    let field = listed(&names.name).filter(|_| is_open(&compared.matcher))?;
    Some((Chosen::Name, field))
}

/// Whether a pattern leaves room for a name of one's own making.
fn is_open(matcher: &TextMatcher) -> bool {
    let wild = |text: &str, wildcard: char| {
        let domain = text.contains('@') || text.ends_with(".com") || text.ends_with('$');
        text.ends_with(wildcard) && !text.trim_end_matches(wildcard).is_empty()
            || text.starts_with(wildcard) && !domain
    };
    match &matcher.pattern {
        TextPattern::Equals(_) | TextPattern::Network(_) => false,
        TextPattern::Contains(_)
        | TextPattern::Term(_)
        | TextPattern::Word(_)
        | TextPattern::WordStart(_)
        | TextPattern::WordEnd(_) => true,
        TextPattern::StartsWith(text) => wild(&format!("{text}*"), '*'),
        TextPattern::EndsWith(text) => wild(&format!("*{text}"), '*'),
        TextPattern::Wildcard(text) => wild(text, '*'),
        TextPattern::Like(text) => wild(text, '%'),
        TextPattern::Regex(text) => {
            let closed = text.ends_with('$') && (text.starts_with('^') || text.contains('@'));
            !closed && !text.contains(r"\$")
        }
    }
}

fn tell(analysis: &Analysis<'_>, condition: &Expression, chosen: Chosen, field: &str, report: &mut Report) {
    let written = excerpt(analysis.subject.text, condition.span);
    let (message, help) = match chosen {
        Chosen::Client => (
            format!(
                "what `{written}` excludes is up to the client: `{field}` is what a program says of itself"
            ),
            "exclude by who calls (account, role) and from where, not by what the client says",
        ),
        Chosen::Name => (
            format!(
                "the exclusion `{written}` lets anyone through who gets or makes a fitting name in `{field}`"
            ),
            "name the accounts one by one, or exclude by an identifier that cannot be chosen",
        ),
    };
    report.add(message, condition.span, vec![help.to_owned()]);
}
