//! `TEXT SEARCH`.

use arrow::array::ArrayRef;
use quarry_plan::{Returns, TextMatcher, TextPattern};

use super::source::OPERATORS;
use crate::base::Literal::{Bool, Null, Text};
use crate::base::{Call, Function, Memo};
use crate::pattern::{Matcher, matcher};

pub(crate) const FUNCTIONS: &[Function] = &[Function {
    name: "aql_text_search",
    signature: "TEXT SEARCH 'terms'",
    meaning: "Whether the raw event holds the terms, in any case: AND, OR, NOT, parentheses, quoted phrases; terms side by side are all needed.",
    source: OPERATORS,
    examples: &[
        (&[Text("User root logged in"), Text("root")], Bool(true)),
        (&[Text("User root logged in"), Text("ROOT AND logged")], Bool(true)),
        (&[Text("User root logged in"), Text("admin OR root")], Bool(true)),
        (&[Text("User root logged in"), Text("user NOT root")], Bool(false)),
        (&[Text("User root logged in"), Text("\"root logged\"")], Bool(true)),
        (&[Text("User root logged in"), Text("%root% AND %in%")], Bool(true)),
        (&[Text("User root logged in"), Text("(a OR user) AND (b OR c)")], Bool(false)),
        (&[Null, Text("a")], Null),
    ],
    arity: (2, 2),
    result: Returns::BOOLEAN,
    evaluate: text_search,
    uses_now: false,
    law: None,
}];

fn text_search(call: &Call<'_>) -> ArrayRef {
    let mut memo = Memo::new();
    call.booleans(|row| {
        let query = memo.get(&row.text(1)?, parse);
        let raw = row.text(0)?;
        Some(query.holds(&raw))
    })
}

#[derive(Debug)]
enum Query {
    Term(Matcher),
    Not(Box<Query>),
    All(Vec<Query>),
    Any(Vec<Query>),
}

impl Query {
    fn holds(&self, raw: &str) -> bool {
        match self {
            Self::Term(term) => term.is_match(raw),
            Self::Not(query) => !query.holds(raw),
            Self::All(queries) => queries.iter().all(|query| query.holds(raw)),
            Self::Any(queries) => queries.iter().any(|query| query.holds(raw)),
        }
    }
}

/// Reads a query; parentheses that do not match are left out.
fn parse(text: &str) -> Query {
    let tokens = tokens(text);
    let mut reader = Reader { tokens: &tokens, depth: 0 };
    let mut all = Vec::new();
    while !reader.tokens.is_empty() {
        all.push(reader.any());
        // What stops the reader here can only be a parenthesis too many.
        reader.tokens = reader.tokens.get(1..).unwrap_or_default();
    }
    Query::All(all)
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    And,
    Or,
    Not,
    Term(String),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = text.chars().peekable();
    while let Some(letter) = letters.next() {
        match letter {
            '(' => tokens.push(Token::Open),
            ')' => tokens.push(Token::Close),
            '"' => tokens.push(Token::Term(letters.by_ref().take_while(|letter| *letter != '"').collect())),
            blank if blank.is_whitespace() => {}
            first => {
                let mut word = String::from(first);
                while let Some(next) =
                    letters.next_if(|letter| !letter.is_whitespace() && !"()\"".contains(*letter))
                {
                    word.push(next);
                }
                tokens.push(match word.to_ascii_uppercase().as_str() {
                    "AND" => Token::And,
                    "OR" => Token::Or,
                    "NOT" => Token::Not,
                    _ => Token::Term(word),
                });
            }
        }
    }
    tokens
}

/// How deep parentheses and negations may nest; what lies deeper is not read.
const DEEPEST: usize = 100;

struct Reader<'t> {
    tokens: &'t [Token],
    depth: usize,
}

impl Reader<'_> {
    fn next(&mut self, wanted: &Token) -> bool {
        match self.tokens.split_first() {
            Some((found, rest)) if found == wanted => {
                self.tokens = rest;
                true
            }
            _ => false,
        }
    }

    fn any(&mut self) -> Query {
        let mut parts = vec![self.all()];
        while self.next(&Token::Or) {
            parts.push(self.all());
        }
        Query::Any(parts)
    }

    fn all(&mut self) -> Query {
        let mut parts = Vec::new();
        loop {
            while self.next(&Token::And) {}
            match self.one() {
                Some(part) => parts.push(part),
                None => return Query::All(parts),
            }
        }
    }

    fn one(&mut self) -> Option<Query> {
        let (first, rest) = self.tokens.split_first()?;
        if matches!(first, Token::Close | Token::Or | Token::And) || self.depth > DEEPEST {
            return None;
        }
        self.tokens = rest;
        self.depth += 1;
        let query = match first {
            Token::Not => self.one().map(|query| Query::Not(Box::new(query))),
            Token::Open => {
                let query = self.any();
                self.next(&Token::Close);
                Some(query)
            }
            Token::Term(word) => term(word).map(Query::Term),
            Token::Close | Token::Or | Token::And => None,
        };
        self.depth -= 1;
        query
    }
}

/// A term anywhere in the text; `%` and `*` at its ends say no more than that.
fn term(word: &str) -> Option<Matcher> {
    let pattern = TextPattern::Wildcard(format!("*{}*", word.trim_matches(['%', '*']).replace('%', "*")));
    matcher(&TextMatcher { pattern, ignore_case: true }).ok()
}
