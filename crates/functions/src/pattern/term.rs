//! Whole words of a text (`segmenters.conf`, breakers), as a regular expression.

/// Characters that always end a token, as the inside of a class (segmenters.conf, MAJOR).
const MAJOR: &str = r#"\[\]<>(){}|!;,'"*\n\r \t&?+"#;
/// Characters that end a token inside a token (segmenters.conf, MINOR).
const MINOR: &str = r"/:=@.\-$#%\\_";

/// The expression that finds a term; `*` stands for characters other than major breakers.
pub(super) fn expression(term: &str) -> String {
    let body: Vec<String> = term.split('*').map(regex::escape).collect();
    let body = body.join(&format!("[^{MAJOR}]*"));
    // A term that itself begins or ends with a breaker needs none beside it.
    let breaker =
        |letter: Option<char>| letter.is_some_and(|letter| !letter.is_alphanumeric() && letter != '*');
    let side = format!("[{MAJOR}{MINOR}]");
    let before = if breaker(term.chars().next()) { String::new() } else { format!("(?:^|{side})") };
    let after = if breaker(term.chars().next_back()) { String::new() } else { format!("(?:$|{side})") };
    format!("{before}{body}{after}")
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::print_stderr)]
mod tests {
    use quarry_plan::{TextMatcher, TextPattern};

    use crate::matcher;

    #[test]
    fn terms_stand_between_breakers_in_any_case() {
        let cases = [
            ("an error occurred", "error", true),
            ("an ERROR occurred", "error", true),
            ("an error occurred", "err", false),
            ("an error occurred", "err*", true),
            ("an error occurred", "*ror", true),
            ("an error occurred", "an*occurred", false),
            ("{\"eventName\":\"RunInstances\"}", "RunInstances", true),
            ("src=10.0.0.1", "10.0.0.1", true),
            ("src=10.0.0.1", "10.0.0", true),
            ("src=10.0.0.12", "10.0.0.1", false),
            ("GET /index.html now", "/index.html", true),
            ("access denied for x", "denied for", true),
            ("anything", "*", true),
        ];
        for (text, term, wanted) in cases {
            let of = TextMatcher { pattern: TextPattern::Term(term.to_owned()), ignore_case: true };
            assert_eq!(matcher(&of).unwrap().is_match(text), wanted, "{term} in {text}");
        }
    }
}
