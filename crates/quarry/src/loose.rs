//! Query files and detections written after an option that takes several values, such as
//! `--macros DIR file.spl`: they are what the command is about and no values of the option.

use std::ffi::{OsStr, OsString};
use std::path::Path;

use clap::{Parser, error::ErrorKind};

use quarry_languages::Language;

use crate::arguments::Arguments;

/// Options of files that Splunk knows things from.
const KNOWLEDGE: [&str; 3] = ["--macros", "--lookups", "--splunk-app"];
/// The option of logs.
const LOGS: &str = "--logs";

/// The arguments of a command line, or what to print instead.
pub fn arguments(words: Vec<OsString>) -> Result<Arguments, clap::Error> {
    let (settled, movable) = settle(words);
    let first = match Arguments::try_parse_from(&settled) {
        Err(error) => error,
        found => return found,
    };
    match movable.filter(|_| first.kind() == ErrorKind::MissingRequiredArgument) {
        Some(at) => Arguments::try_parse_from(moved(settled, at)).map_err(|_| first),
        None => Err(first),
    }
}

/// Puts every value that can only be a query or a detection before the options. Gives the place of the last
/// further value of an option too: where the command lacks what it is about, that is it.
fn settle(words: Vec<OsString>) -> (Vec<OsString>, Option<usize>) {
    let (mut settled, mut loose) = (Vec::new(), Vec::new());
    let mut option: Option<&'static str> = None;
    let mut values = 0;
    let mut last = None;
    for word in words {
        let text = word.to_string_lossy();
        if text.starts_with('-') && text.len() > 1 {
            option = KNOWLEDGE.into_iter().chain([LOGS]).find(|known| *known == text);
            values = 0;
        } else if let Some(option) = option {
            values += 1;
            if values > 1 && is_about(option, &word) {
                loose.push(word);
                continue;
            }
            if values > 1 && option != LOGS {
                last = Some(settled.len());
            }
        }
        settled.push(word);
    }
    let last = last.map(|at: usize| at + loose.len());
    let at = settled.len().min(2);
    settled.splice(at..at, loose);
    (settled, last)
}

/// Whether a further value of an option is no value of it.
fn is_about(option: &str, value: &OsStr) -> bool {
    let text = value.to_string_lossy();
    let path = Path::new(value);
    let is_query = Language::of_file(path).is_some();
    let is_searches = path.file_name().is_some_and(|name| name == "savedsearches.conf");
    is_query || is_technique(&text) || option != LOGS && (is_searches || text == "-")
}

/// `T1578` or `T1578.002`.
fn is_technique(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('T') else { return false };
    let (number, part) = rest.split_once('.').unwrap_or((rest, "000"));
    let digits = |text: &str, count| text.len() == count && text.bytes().all(|byte| byte.is_ascii_digit());
    digits(number, 4) && digits(part, 3)
}

/// The words with that at `at` before all options.
fn moved(mut words: Vec<OsString>, at: usize) -> Vec<OsString> {
    let word = words.remove(at);
    words.insert(words.len().min(2), word);
    words
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]
mod tests {
    use super::{moved, settle};

    fn settled(line: &str) -> (String, Option<usize>) {
        let (words, last) = settle(line.split(' ').map(Into::into).collect());
        let words: Vec<String> = words.iter().map(|word| word.to_string_lossy().into_owned()).collect();
        (words.join(" "), last)
    }

    #[test]
    fn a_query_after_an_option_is_the_query() {
        let (line, last) = settled("quarry query --macros a b q.spl --logs l m.json");
        assert_eq!((line.as_str(), last), ("quarry query q.spl --macros a b --logs l m.json", Some(5)));
        let (line, last) = settled("quarry hunt --logs l T1578.002");
        assert_eq!((line.as_str(), last), ("quarry hunt T1578.002 --logs l", None));
        assert_eq!(settled("quarry query q.spl --macros a --logs l").1, None);
    }

    #[test]
    fn the_last_further_value_can_be_moved() {
        let (words, last) =
            settle("quarry hunt --splunk-app a rules --logs l".split(' ').map(Into::into).collect());
        assert_eq!(
            moved(words, last.unwrap()).join(" ".as_ref()),
            "quarry hunt rules --splunk-app a --logs l"
        );
    }
}
